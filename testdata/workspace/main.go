// Command sample is here to be saved: the installed plugin marks what is unfinished in it.
package main

import "fmt"

func main() {
	// TODO: greet whoever is named on the command line
	fmt.Println("hello")
}
