-- +goose Up
-- Fees of the dossiers received, in đồng. Days from before have none.
ALTER TABLE daily ADD COLUMN fees BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE daily DROP COLUMN fees;
