-- Neovim 0.11 and newer needs no more than the file in lsp/ and vim.lsp.enable.
package.path = vim.env.SAMUEL_TESTS .. '/?.lua;' .. package.path
local h = require('harness')
vim.g.loaded_samuel = 1
vim.opt.runtimepath:prepend(vim.env.SAMUEL_NEOVIM)
vim.cmd('filetype on')
vim.opt.swapfile = false
vim.lsp.enable('samuel_lsp')

-- The question of trust has nobody to answer it here.
vim.lsp.handlers['window/showMessageRequest'] = function()
  return vim.NIL
end

h.test('a manifest gets its diagnostics, another TOML file no client', function()
  vim.cmd('edit ' .. vim.env.SAMUEL_PROJECT .. '/samuel.toml')
  local other = vim.api.nvim_get_current_buf()
  vim.cmd('edit ' .. vim.env.SAMUEL_PROJECT .. '/my-lint/samuel-plugin.toml')
  h.diagnostics(0, 'the misspelt key', function(l)
    return h.with_code(l, 'schema/unknown-key')
  end)
  h.equal(vim.lsp.get_clients({ bufnr = 0 })[1].root_dir, vim.env.SAMUEL_PROJECT)
  h.equal(#vim.lsp.get_clients({ bufnr = other }), 0, 'clients of samuel.toml')
end)

h.run(vim.env.SAMUEL_RESULTS)
