module example.com/go-lint

go 1.24
