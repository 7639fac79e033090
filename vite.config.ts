import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const target = process.env.KINORA_DEV_TARGET ?? 'http://127.0.0.1:8383';

export default defineConfig({
  root: 'web',
  // Relative, so that one build works at the root of a host and under any sub path (`<base href>` decides).
  base: './',
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // The page's content security policy takes nothing from data: URLs but pictures.
    assetsInlineLimit: 0,
    // What their licences ask of whoever passes the packages in it on.
    license: { fileName: 'licences.txt' },
    // The player's chunk is large and loaded on the watch page alone.
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      '/api': { target },
      '/media': { target },
      '/ws': { target, ws: true },
    },
  },
});
