// Bundles src/ into dist/: what is loaded decides how long a start takes, and a few files load in a
// third of the time that the packages behind them take one by one. CommonJS, because Node starts its
// loader for modules only when it is asked for one: 10 ms of the 45 that `--version` took.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'rolldown'

/**
 * Parts of undici that are never reached, because we speak HTTP/1.1 only and send nothing but text:
 * without them a first request comes 6 ms sooner. Whoever reaches one after all is told so.
 */
const leaveOut = {
  name: 'leave-out',
  load: {
    filter: { id: /undici\/lib\/(dispatcher\/client-h2|web\/fetch\/body)\.js$/ },
    handler: () => "module.exports = () => { throw new Error('left out of the bundle') }",
  },
}

/** commander asks for it to run commands that are programs of their own; we have none. 2 ms of each start. */
const withoutChildren = {
  name: 'without-children',
  resolveId: {
    filter: { id: /^node:child_process$/ },
    handler: (_id, importer) =>
      importer?.includes('node_modules/commander') ? '\0no-children' : undefined,
  },
  load: { filter: { id: /no-children$/ }, handler: () => 'module.exports = {}' },
}

/** Beside the program, for editors: what `tokentool profile schema` prints. */
const writeSchema = {
  name: 'write-schema',
  writeBundle({ dir }) {
    const start = ['-e', 'require(process.argv[1]).start()', resolve(dir, 'main.cjs')]
    const schema = execFileSync(process.execPath, [...start, 'profile', 'schema'])
    writeFileSync(resolve(dir, 'profile.schema.json'), schema)
  },
}

// biome-ignore lint/style/noDefaultExport: rolldown reads the default export
export default defineConfig({
  input: { main: 'src/main.ts', direct: 'src/direct.ts' },
  platform: 'node',
  // what the groups below ask for
  preserveEntrySignatures: 'allow-extension',
  plugins: [leaveOut, withoutChildren, writeSchema],
  // cosmiconfig asks for it only to load configuration that is code, which we refuse
  external: ['typescript'],
  // yaml's CommonJS build cannot be taken apart; the same code as modules loads in 4 ms less
  resolve: {
    alias: {
      yaml: fileURLToPath(new URL('node_modules/yaml/browser/dist/index.js', import.meta.url)),
    },
  },
  output: {
    dir: 'dist',
    format: 'cjs',
    cleanDir: true,
    // half of the text is half of the time it takes to read: 2 ms
    minify: true,
    // a file more to load is a quarter of a millisecond: what every start needs is one, and what only
    // decode and verify need is another
    codeSplitting: {
      groups: [
        {
          // all that the direct path takes
          name: 'kept',
          priority: 3,
          test: /src.(io.(cache.(shortcut|pending|loose-file|folder|private-file|stat|sweep)|path|self)|core.(cache.entry|json|error))\.ts/,
        },
        {
          name: 'base',
          priority: 2,
          test: /src.(cli|verbs|flags|usage|io.(printer|process)|core.(duration|layout|text|key.der)|providers.va-environments)\.ts/,
        },
        {
          name: 'jwt',
          priority: 1,
          test: /src.(core.jwt.(json|reading.(base64url|part|compact)|finding|time|claim.claim-names|shape)|commands.(decode.(decode|text|part-text|finding-text|verdict|view)|token-input|moment)|providers.tokens)/,
          includeDependenciesRecursively: false,
        },
      ],
    },
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
})
