package spool

// OnStep lets a test stand, or die, at a step of a job.
func OnStep(cfg *Config, step func(State)) { cfg.step = step }
