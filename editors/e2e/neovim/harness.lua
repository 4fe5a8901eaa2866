-- A test runner inside Neovim, for every version from 0.7 on, and the waits that tests need.
local M = { tests = {} }

function M.test(name, body)
  table.insert(M.tests, { name = name, body = body })
end

--- Waits, with the event loop running, until the probe answers something true, and answers that.
function M.eventually(what, probe, describe)
  local seen
  local ok = vim.wait(60000, function()
    seen = probe()
    return seen and true or false
  end, 10)
  if not ok then
    error(('waited for %s; %s'):format(what, describe and describe() or ''), 2)
  end
  return seen
end

function M.equal(got, want, what)
  if not vim.deep_equal(got, want) then
    error(('%s: got %s, want %s'):format(what or 'value', vim.inspect(got), vim.inspect(want)), 2)
  end
end

function M.match(text, pattern, what)
  if type(text) ~= 'string' or not text:find(pattern) then
    error(('%s: %s does not match %s'):format(what or 'text', vim.inspect(text), pattern), 2)
  end
end

--- The text a diagnostic covers.
function M.covered(bufnr, d)
  return table.concat(vim.api.nvim_buf_get_text(bufnr, d.lnum, d.col, d.end_lnum, d.end_col, {}), '\n')
end

--- Waits until the buffer's diagnostics satisfy the predicate and answers them.
function M.diagnostics(bufnr, what, predicate)
  return M.eventually(what, function()
    local list = vim.diagnostic.get(bufnr)
    return predicate(list) and list
  end, function()
    return 'diagnostics now: ' .. vim.inspect(vim.tbl_map(function(d)
      return ('%d:%d %s %s'):format(d.lnum, d.col, tostring(d.code or (d.user_data or {}).lsp and d.user_data.lsp.code), d.message)
    end, vim.diagnostic.get(bufnr)))
  end)
end

--- A diagnostic's rule; Neovim 0.7 keeps it among the user data.
function M.code(d)
  return d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)
end

--- The one of a list that has the rule.
function M.with_code(list, code)
  for _, d in ipairs(list) do
    if M.code(d) == code then
      return d
    end
  end
end

--- Puts the cursor on the first occurrence of a text, moved by so many bytes.
function M.goto_text(text, by)
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, true)
  for i, line in ipairs(lines) do
    local at = line:find(text, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { i, at - 1 + (by or 0) })
      return
    end
  end
  error('the buffer does not hold ' .. text, 2)
end

--- Replaces the first occurrence of a text, as typing would.
function M.replace(from, to)
  M.goto_text(from)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  vim.api.nvim_buf_set_text(0, row - 1, col, row - 1, col + #from, { to })
end

--- One request to the buffer's server, waited for.
function M.request(method, params)
  local replies = vim.lsp.buf_request_sync(0, method, params, 10000)
  for _, reply in pairs(replies or {}) do
    if reply.err or reply.error then
      error(method .. ': ' .. vim.inspect(reply.err or reply.error), 2)
    end
    return reply.result
  end
  error(method .. ': no reply', 2)
end

--- The parameters for a request about the cursor.
function M.here(extra)
  local window = vim.api.nvim_get_current_win()
  local clients = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = 0 }) or vim.lsp.buf_get_clients(0)
  local _, client = next(clients)
  return vim.tbl_extend('force', vim.lsp.util.make_position_params(window, client.offset_encoding), extra or {})
end

--- All lenses of the buffer as the server gives them, resolved.
function M.lenses()
  local list = M.request('textDocument/codeLens', { textDocument = vim.lsp.util.make_text_document_params() }) or {}
  return vim.tbl_map(function(lens)
    return lens.command and lens or M.request('codeLens/resolve', lens)
  end, list)
end

--- Waits for a lens whose title matches.
function M.lens(pattern)
  local titles
  return M.eventually('a lens ' .. pattern, function()
    titles = {}
    for _, lens in ipairs(M.lenses()) do
      table.insert(titles, lens.command.title)
      if lens.command.title:find(pattern) then
        return lens
      end
    end
  end, function()
    return 'there are: ' .. vim.inspect(titles)
  end)
end

--- Does what a lens is for.
function M.act(lens)
  local client = require('samuel.client')
  client.execute(client.of(vim.api.nvim_buf_get_name(0)), lens.command.command, lens.command.arguments)
end

--- Runs all tests and writes what they did, a line of JSON each.
function M.run(file)
  local out = assert(io.open(file, 'w'))
  for _, t in ipairs(M.tests) do
    local ok, err = xpcall(t.body, debug.traceback)
    out:write(vim.fn.json_encode({ name = t.name, error = not ok and tostring(err) or nil }), '\n')
    out:flush()
  end
  out:close()
  vim.cmd('qall!')
end

return M
