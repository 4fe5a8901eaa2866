-- Requests of the server that older versions of Neovim don't answer by themselves.

local M = {}

-- window/showDocument came with Neovim 0.8; captured logs are opened through it.
local function show_document(_, params)
  if params.external then
    return { success = false }
  end
  local file = vim.uri_to_fname(params.uri)
  local from = vim.api.nvim_get_current_win()
  vim.cmd('botright split ' .. vim.fn.fnameescape(file))
  vim.bo.readonly = true
  vim.bo.autoread = true
  if not params.takeFocus then
    vim.api.nvim_set_current_win(from)
  end
  return { success = true }
end

local function lens_refresh(_, _, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  for _, bufnr in ipairs(client and require('samuel.client').buffers(client) or {}) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.api.nvim_buf_call(bufnr, vim.lsp.codelens.refresh)
    end
  end
  return vim.NIL
end

--- The handlers this version of Neovim lacks.
function M.missing()
  local handlers = {}
  if vim.fn.has('nvim-0.8') == 0 then
    handlers['window/showDocument'] = show_document
  end
  if not vim.lsp.handlers['workspace/codeLens/refresh'] then
    handlers['workspace/codeLens/refresh'] = lens_refresh
  end
  return handlers
end

--- The client's capabilities: Neovim's own, and what the handlers above add.
function M.capabilities()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.window = capabilities.window or {}
  capabilities.window.showDocument = { support = true }
  capabilities.workspace = capabilities.workspace or {}
  capabilities.workspace.codeLens = { refreshSupport = true }
  return capabilities
end

return M
