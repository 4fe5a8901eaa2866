-- What a Neovim user does, in every version from 0.7 on. Started by neovim.test.mjs.
package.path = vim.env.SAMUEL_TESTS .. '/?.lua;' .. package.path
local h = require('harness')
local test = h.test
local project = vim.env.SAMUEL_PROJECT
local ERROR = vim.diagnostic.severity.ERROR
local INFO = vim.diagnostic.severity.INFO

local function edit(file)
  vim.cmd('edit ' .. vim.fn.fnameescape(project .. '/' .. file))
  return vim.api.nvim_get_current_buf()
end

-- Answers the questions of the server without a person; what was asked is kept.
local asked = {}
local function answering(choice)
  vim.lsp.handlers['window/showMessageRequest'] = function(_, params)
    table.insert(asked, params.message)
    for _, action in ipairs(params.actions) do
      if action.title:lower():find(choice) then
        return action
      end
    end
    return vim.NIL
  end
end

test('opening a manifest shows its mistakes, where they are', function()
  answering('trust')
  local bufnr = edit('my-lint/samuel-plugin.toml')
  local list = h.diagnostics(bufnr, 'the two mistakes', function(l)
    return h.with_code(l, 'schema/unknown-key') and h.with_code(l, 'hook/missing-export')
  end)
  local unknown = h.with_code(list, 'schema/unknown-key')
  h.equal(h.covered(bufnr, unknown), 'sumary')
  h.equal(unknown.severity, ERROR)
  h.match(h.covered(bufnr, h.with_code(list, 'hook/missing-export')), '^"?lnt"?$')
end)

test('a quick fix mends the misspelt key', function()
  h.goto_text('sumary', 1)
  local params = h.here()
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  params.range = { start = { line = line, character = 0 }, ['end'] = { line = line, character = 6 } }
  params.position = nil
  params.context = { diagnostics = {}, only = { 'quickfix' } }
  local actions = h.request('textDocument/codeAction', params)
  local fix
  for _, a in ipairs(actions) do
    if a.title:find('summary') then
      fix = a
    end
  end
  assert(fix, 'no fix among ' .. vim.inspect(actions))
  fix = fix.edit and fix or h.request('codeAction/resolve', fix)
  vim.lsp.util.apply_workspace_edit(fix.edit, 'utf-16')
  h.diagnostics(0, 'no unknown key', function(l)
    return not h.with_code(l, 'schema/unknown-key')
  end)
end)

test('completion offers the module\'s exports', function()
  h.goto_text('"lnt"', 1)
  local reply = h.request('textDocument/completion', h.here())
  local labels = vim.tbl_map(function(i)
    return i.label
  end, reply.items or reply)
  assert(vim.tbl_contains(labels, 'lint'), vim.inspect(labels))
end)

test('typing the fix makes the diagnostic vanish', function()
  h.replace('"lnt"', '"lint"')
  h.diagnostics(0, 'nothing above information', function(l)
    for _, d in ipairs(l) do
      if d.severity < INFO then
        return false
      end
    end
    return true
  end)
end)

test('a buffer that is unloaded and opened again has its diagnostics', function()
  local bufnr = edit('ill/samuel-plugin.toml')
  local first = h.diagnostics(bufnr, 'some', function(l)
    return #l > 0
  end)
  vim.cmd('bdelete')
  bufnr = edit('ill/samuel-plugin.toml')
  h.diagnostics(bufnr, 'the same number', function(l)
    return #l >= #first
  end)
  edit('my-lint/samuel-plugin.toml')
end)

test('hover explains a key', function()
  h.goto_text('kind')
  local reply = h.request('textDocument/hover', h.here())
  h.match(reply.contents.value or reply.contents, 'skill', 'hover')
end)

test('the [wasm] line says that the plugin is healthy', function()
  h.match(h.lens('^health ok · protocol 1').command.title, 'protocol 1')
end)

test('saving runs the hook, and its line shows the result', function()
  vim.cmd('silent write')
  h.equal(h.lens('^ok · .* log line').command.command, 'samuel.runHook')
end)

test('the log lens opens what was captured', function()
  local lens = h.lens('^log$')
  h.act(lens)
  local bufnr = h.eventually('a window with the log', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local b = vim.api.nvim_win_get_buf(window)
      if vim.api.nvim_buf_get_name(b):find('%.log$') then
        return b
      end
    end
  end)
  h.match(table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n'), 'unfinished')
  vim.cmd('silent! only')
end)

test('rename changes an export everywhere', function()
  edit('my-lint/samuel-plugin.toml')
  h.goto_text('"lint"]', 1)
  local changes = h.request('textDocument/rename', h.here({ newName = 'check' }))
  vim.lsp.util.apply_workspace_edit(changes, 'utf-16')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  h.match(text, 'exports = %["check"%]')
  h.match(text, '"quality%.check" = "check"')
  vim.cmd('edit!')
end)

test('formatting loses nothing', function()
  h.replace('kind = "wasm"', 'kind    =    "wasm"   # why')
  local params = { textDocument = vim.lsp.util.make_text_document_params(), options = { tabSize = 2, insertSpaces = true } }
  local edits = h.request('textDocument/formatting', params)
  vim.lsp.util.apply_text_edits(edits, vim.api.nvim_get_current_buf(), 'utf-16')
  h.match(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n'), 'kind = "wasm" +# why')
  vim.cmd('edit!')
end)

test('a save of a source file shows what an installed plugin finds', function()
  local bufnr = edit('src/main.go')
  local list = h.eventually('the finding', function()
    vim.cmd('silent write')
    vim.wait(500, function()
      return #vim.diagnostic.get(bufnr) > 0
    end, 10)
    local l = vim.diagnostic.get(bufnr)
    return #l > 0 and l
  end)
  h.equal(list[1].source, 'todo-lint')
  h.equal(h.covered(bufnr, list[1]), 'TODO')
  h.replace('TODO: more', 'done')
  vim.cmd('silent write')
  h.diagnostics(bufnr, 'none', function(l)
    return #l == 0
  end)
end)

test('a plugin that wants to write asks first, and a denial is said', function()
  answering('deny')
  edit('writer/samuel-plugin.toml')
  local run = h.lens('^run$')
  asked = {}
  h.act(run)
  h.match(h.lens('^denied: filesystem%.write').command.title, '/workspace/notes/n%.txt')
  h.match(asked[1], '/workspace/notes/%*%*', 'question')
end)

test('the health check finds program and server', function()
  vim.cmd('silent checkhealth samuel')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  h.match(text, 'OK.*samuel%-lsp')
  h.match(text, 'server %d+ runs for')
  assert(not text:find('ERROR'), text)
end)

test('restarting brings the diagnostics back', function()
  local bufnr = edit('my-lint/samuel-plugin.toml')
  local before = require('samuel.client').all()[1].id
  vim.cmd('SamuelRestart')
  h.eventually('another server', function()
    local now = require('samuel.client').all()[1]
    return now and now.id ~= before
  end)
  h.replace('summary', 'sumary')
  h.diagnostics(bufnr, 'the mistake', function(l)
    return h.with_code(l, 'schema/unknown-key')
  end)
  vim.cmd('edit!')
end)

test('restarting just after a file was opened says nothing of a server that was shut down', function()
  local file = 'my-lint/samuel-plugin.toml'
  edit(file)
  local before = h.eventually('a server', function()
    return require('samuel.client').all()[1]
  end)
  vim.cmd('silent! %bdelete!')
  edit(file)
  vim.cmd('SamuelRestart')
  h.eventually('another server for the file', function()
    local now = require('samuel.client').all()[1]
    return now and now.id ~= before.id and #require('samuel.client').buffers(now) > 0
  end)
  h.equal(vim.fn.execute('messages'):match('[^\n]*shut down'), nil)
end)

test('restarting without a manifest open brings back the server that saves are told to', function()
  vim.cmd('silent! %bdelete!')
  local bufnr = edit('src/main.go')
  local before = h.eventually('a server', function()
    return require('samuel.client').of(vim.api.nvim_buf_get_name(bufnr))
  end)
  vim.cmd('SamuelRestart')
  h.eventually('another server', function()
    local now = require('samuel.client').of(vim.api.nvim_buf_get_name(bufnr))
    return now and now.id ~= before.id
  end)
end)

test('the health check says what is wrong with the program', function()
  local function health(cmd)
    require('samuel.config').set({ cmd = cmd })
    vim.cmd('silent checkhealth samuel')
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  end
  local function program(text)
    local file = vim.fn.tempname()
    vim.fn.writefile({ '#!/bin/sh', text }, file)
    vim.fn.system({ 'chmod', '+x', file })
    return { file, 'serve' }
  end
  h.match(health({ '/nowhere/samuel-lsp' }), 'ERROR.*/nowhere/samuel%-lsp cannot be run')
  h.match(health(program('exit 7')), 'ERROR.*version. failed')
  h.match(health(program('echo samuel-lsp 0.0.9')), 'ERROR.*older than this plugin needs')
  local recent = health(program('echo samuel-lsp v0.10.0'))
  assert(not recent:find('ERROR'), recent)
end)

test('a missing program is said once', function()
  vim.cmd('silent! %bdelete!')
  local said = {}
  local notify = vim.notify
  vim.notify = function(message)
    table.insert(said, message)
  end
  require('samuel').setup({ cmd = { '/nowhere/samuel-lsp', 'serve' } })
  vim.cmd('SamuelRestart')
  edit('my-lint/samuel-plugin.toml')
  edit('writer/samuel-plugin.toml')
  edit('src/main.go')
  vim.notify = notify
  h.equal(#said, 1, vim.inspect(said))
  h.match(said[1], 'checkhealth samuel')
end)

h.run(vim.env.SAMUEL_RESULTS)
