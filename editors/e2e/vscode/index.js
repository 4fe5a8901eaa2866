// What VS Code's extension host loads: declares the tests in order and runs them.
"use strict";
const { runAll } = require("./harness");

exports.run = async () => {
  require("./loop");
  require("./language");
  require("./findings");
  require("./commands");
  require("./coexistence");
  require("./client");
  await runAll();
};
