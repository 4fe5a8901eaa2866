package pool

func fakeParent() {}
