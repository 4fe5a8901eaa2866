-- Draws code lenses and keeps them up to date, in the way each version of Neovim has for it.

local M = {}

--- Switches lenses on for a buffer.
function M.attach(bufnr)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  local function refresh()
    if vim.fn.has('nvim-0.10') == 1 then
      vim.lsp.codelens.refresh({ bufnr = bufnr })
    else
      vim.lsp.codelens.refresh()
    end
  end
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'BufWritePost', 'TextChanged' }, {
    group = vim.api.nvim_create_augroup('samuel_lenses_' .. bufnr, { clear = true }),
    buffer = bufnr,
    callback = refresh,
    desc = 'samuel: redraw lenses',
  })
  refresh()
end

return M
