/** Builds the pages into dist/: no inline script (the pages run under a strict Content-Security-Policy). */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.XINGLIN_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The lazy chunks of ECharts and Cornerstone are large by nature; what counts is the first load.
    chunkSizeWarningLimit: 4_000,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/fhir': server,
      '/dicom-web': server,
    },
  },
})
