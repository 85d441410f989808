#!/usr/bin/env node
import '../src/polyfill.js'
