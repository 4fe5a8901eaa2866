-- For nvim-lspconfig on Neovim older than 0.11: lua/lspconfig/configs/samuel_lsp.lua there.
local util = require('lspconfig.util')

return {
  default_config = {
    cmd = { 'samuel-lsp', 'serve' },
    filetypes = { 'toml' },
    root_dir = function(file)
      if vim.fn.fnamemodify(file, ':t') ~= 'samuel-plugin.toml' then
        return nil
      end
      local project = util.root_pattern('samuel.toml', '.samuel/plugins')(file)
      if project == vim.loop.os_homedir() then
        project = nil -- it holds the framework's own files
      end
      return project or util.root_pattern('.git')(file) or vim.fn.fnamemodify(file, ':h')
    end,
    settings = { samuel = vim.empty_dict() },
  },
  docs = {
    description = [[
https://github.com/samuelpkg/samuel-lsp

Checks `samuel-plugin.toml`, the manifest of a Samuel plugin, and runs the plugin's hooks on save.
]],
  },
}
