-- The configuration of a user who did nothing but install the plugin.
vim.opt.runtimepath:prepend(vim.env.SAMUEL_NEOVIM)
vim.cmd('filetype plugin on')
vim.opt.swapfile = false
