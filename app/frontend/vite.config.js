import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PurgeCSS } from 'purgecss';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const app = resolve(here, '..');

/**
 * Puts in the place of `@import "bootstrap-italia"` only the rules that our pages name: of its 610 kB
 * of CSS we use some buttons, fields and utilities. Rules of ours are never touched. A template that
 * starts using another class of Bootstrap Italia needs a new build.
 */
function bootstrapItalia() {
  const sheet = resolve(here, 'node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css');
  const content = [`${app}/**/*.html`, `${app}/*.py`, `${app}/!(frontend|static)/**/*.py`, `${here}/src/**/*.js`];
  return {
    name: 'bootstrap-italia',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('/src/bootstrap-italia.css')) return null;
      const raw = await readFile(sheet, 'utf8');
      const [{ css }] = await new PurgeCSS().purge({ content, css: [{ raw }], fontFace: true, keyframes: true });
      // Its only font of its own is a video player's, as a data: URL that our policy refuses.
      return css.replace(/@font-face\s*\{[^}]*\}/g, '').replace(/\/\*# sourceMappingURL.*?\*\//g, '');
    },
  };
}

export default defineConfig({
  root: here,
  base: './', // addresses relative to the file itself: the application may live under any prefix
  publicDir: false,
  plugins: [bootstrapItalia()],
  build: {
    outDir: resolve(app, 'static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0, // font-src 'self': no font as a data: URL
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: ['bootstrap-italia.css', 'percorsi.css', 'percorsi.js', 'visore.js'].map((name) => resolve(here, 'src', name)),
    },
  },
});
