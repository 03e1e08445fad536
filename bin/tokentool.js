#!/usr/bin/env node
// from Node 22.8 on: what was compiled in one run is not compiled again in the next
require('node:module').enableCompileCache?.()
require('../dist/direct.cjs')
  .serveDirectly()
  .then(({ done, waited }) => done || require('../dist/main.cjs').start(waited))
