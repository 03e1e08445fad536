import { defineConfig } from 'vitest/config'
import { table } from './table.ts'

const isLong = process.env.TORTURE === 'long'

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    include: ['test/torture/**/*.torture.ts'],
    // `npm test` has just run those
    exclude: isLong ? [] : ['**/covered.torture.ts'],
    reporters: [table],
    // what is measured wants the machine for itself; what is only counted does not
    fileParallelism: !isLong,
    maxWorkers: 3,
    testTimeout: 20 * 60_000,
    hookTimeout: 60_000,
  },
})
