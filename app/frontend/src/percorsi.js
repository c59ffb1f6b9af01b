// The one script of every page. All of it is help: each page works without.
import './pagina/htmx.js';
import './pagina/tasti.js';
import './pagina/elenco.js';
import './pagina/conteggi.js';
import './pagina/rete.js';
import './pagina/bozza.js';
import './pagina/comandi.js';
import './pagina/diagramma.js';
import './pagina/isole.js';
import.meta.glob('./form.js', { eager: true });
