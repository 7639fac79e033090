import { defineConfig } from 'vite';

/**
 * The server as one file and its threads as another: it starts in half the time of the sources and needs half the memory, most of which went into
 * finding and parsing the packages' own files. Packages with native parts or files to serve stay outside.
 */
export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist/server',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    sourcemap: true,
    // What their licences ask of whoever passes the packages in it on.
    license: { fileName: 'licences.txt' },
    rollupOptions: {
      // The thread is started from a file of its own, beside the server's.
      input: { main: 'src/main.ts', 'packet-worker': 'src/streaming/packager/packet-worker.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true, external: ['better-sqlite3', 'sharp', 'swagger-ui-dist'] },
});
