package tiered_test

func guard() []string { return nil }
