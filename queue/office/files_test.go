package office_test

import "os"

func read(path string) ([]byte, error) { return os.ReadFile(path) }

// replace puts another file in a file's place; "" removes it.
func replace(path, by string) error {
	if by == "" {
		return os.Remove(path)
	}
	raw, err := os.ReadFile(by)
	if err != nil {
		return err
	}
	return os.WriteFile(path, raw, 0o600)
}
