-- Samuel plugins in Neovim: starts samuel-lsp for samuel-plugin.toml and for projects with
-- installed plugins. See :help samuel.

local config = require('samuel.config')
local client = require('samuel.client')

local M = {}

--- Starts the server that a buffer's file needs: for a manifest, and for any file of a project with
--- installed plugins.
function M.attend(bufnr)
  -- Not from the event: Neovim 0.7 names the file relative to the current folder in some.
  local file = vim.api.nvim_buf_get_name(bufnr)
  if vim.fn.fnamemodify(file, ':t') == config.manifest then
    client.start(bufnr)
  elseif vim.bo[bufnr].buftype == '' and file ~= '' and config.has_plugins(file) and not client.of(file) then
    client.start_for(file)
  end
end

local function on_file(args)
  M.attend(args.buf)
end

--- Configures and switches on. Options: cmd, trusted, code_lens, settings; see :help samuel-setup.
function M.setup(options)
  config.set(options)
  require('samuel.commands').create()
  local group = vim.api.nvim_create_augroup('samuel', { clear = true })
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, { group = group, callback = on_file, desc = 'samuel: start the server' })
  vim.api.nvim_create_autocmd('BufWritePost', {
    group = group,
    callback = function(args)
      client.saved(args.buf)
    end,
    desc = 'samuel: run hooks of installed plugins',
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      M.attend(bufnr)
    end
  end
end

return M
