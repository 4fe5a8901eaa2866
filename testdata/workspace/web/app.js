export function greet(name) {
  // FIXME: an empty name gives "hello, "
  return `hello, ${name}`;
}
