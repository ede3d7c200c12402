'use strict';

const pageSize = 100;
const element = (id) => document.getElementById(id);
const number = new Intl.NumberFormat();

/** What is looked at: the products that changed last, or a page of all (or of those that match). */
const view = { offset: 0, matching: 0, latest: [], asked: 0 };

const search = () => element('search').value.trim();
/** Until something changes there is no last change to show, and all products are shown instead. */
const isLatest = () => element('order').value === 'latest' && search() === '' && view.latest.length > 0;

function row(cells) {
  const tr = document.createElement('tr');
  for (const { text, kind } of cells) {
    const td = document.createElement('td');
    td.textContent = text;
    if (kind) td.className = kind;
    tr.append(td);
  }
  return tr;
}

function showProducts(products, range) {
  const rows = products.map(({ productId, productName, productPrice }) =>
    row([{ text: productId }, { text: productName }, { text: productPrice, kind: 'number' }]),
  );
  element('products').replaceChildren(...rows);
  element('empty').hidden = products.length > 0;
  element('range').textContent = range;
  element('previous').disabled = isLatest() || view.offset === 0;
  element('next').disabled = isLatest() || view.offset + pageSize >= view.matching;
}

function showRequests(requests) {
  const rows = requests.map(({ at, path, status, products, ms }) =>
    row([
      { text: new Date(at).toLocaleTimeString([], { hourCycle: 'h23' }) },
      { text: path.split('/').slice(-2).join('/') },
      { text: number.format(products), kind: 'number' },
      { text: status === null ? 'lost' : String(status), kind: status === 200 ? 'number' : 'number bad' },
      { text: number.format(ms), kind: 'number' },
    ]),
  );
  element('requests').replaceChildren(...rows);
}

async function refresh() {
  if (isLatest()) {
    showProducts(view.latest, `the last ${view.latest.length} changed`);
    return;
  }
  const asked = ++view.asked;
  const query = new URLSearchParams({ search: search(), offset: view.offset, limit: pageSize });
  const answer = await fetch(`catalogue?${query}`);
  const { matching, products } = await answer.json();
  if (asked !== view.asked || isLatest()) return;
  view.matching = matching;
  const last = view.offset + products.length;
  showProducts(
    products,
    matching === 0 ? '' : `${number.format(view.offset + 1)}–${number.format(last)} of ${number.format(matching)}`,
  );
}

function turn(pages) {
  view.offset = Math.max(0, view.offset + pages * pageSize);
  void refresh();
}

element('search').addEventListener('input', () => turn(-Infinity));
element('order').addEventListener('change', () => turn(-Infinity));
element('previous').addEventListener('click', () => turn(-1));
element('next').addEventListener('click', () => turn(1));

const events = new EventSource('events');
events.addEventListener('open', () => (element('connection').textContent = 'Live'));
events.addEventListener('error', () => (element('connection').textContent = 'The sandbox has stopped'));
events.addEventListener('message', ({ data }) => {
  const { count, stats, recent, latest } = JSON.parse(data);
  element('count').textContent = number.format(count);
  element('logins').textContent = number.format(stats.requests.login);
  element('syncs').textContent = number.format(stats.requests.sync);
  element('updates').textContent = number.format(stats.requests.update);
  element('inFlight').textContent = number.format(stats.inFlight);
  element('largestBatch').textContent = number.format(stats.largestBatch);
  view.latest = latest;
  showRequests(recent);
  // A search through everything is made when its reader asks for it, not with each event.
  if (search() === '') void refresh();
});

void refresh();
