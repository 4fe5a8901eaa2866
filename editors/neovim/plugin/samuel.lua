-- Switches the plugin on with its defaults; `vim.g.loaded_samuel = 1` keeps it off, and a later
-- require('samuel').setup{...} replaces the defaults.
if vim.g.loaded_samuel or vim.fn.has('nvim-0.7') == 0 then
  return
end
vim.g.loaded_samuel = 1
require('samuel').setup()
