// What a first and a second visit cost on a slow line with a slow processor, measured by Chromium itself. Asked with a list
// of pages in JSON, `[{ name, url, cookie?, rows? }]`; answers one with the figures: bytes as they travel, and milliseconds.

import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** "Slow 4G" as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 1, uploadThroughput: 750e3 / 8 };
const CPU_SLOWER = 4;
const ROUNDS = 5;
/** What a page is worth without scripts. */
const BEFORE_SCRIPTS = new Set(['Document', 'Stylesheet', 'Font', 'Image']);

const executablePath = process.env.USHER_CHROMIUM || ['/usr/bin/chromium'].find(existsSync);
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-gpu'] });

/** Runs before anything of the page's own. */
function watch(rows) {
    window.seen = { shift: 0 };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
        if (!window.seen.visible && document.body && (!rows || document.querySelector(rows))) {
            window.seen.visible = performance.now();
        }
        if (!window.seen.interactive && document.documentElement?.hasAttribute('data-hydrated')) {
            window.seen.interactive = performance.now();
        }
        if (!window.seen.interactive) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}

async function visit(page, session, url) {
    const bytes = { before_wasm: 0, whole: 0, beside_html: 0 };
    const kinds = new Map();
    const responded = ({ requestId, type }) => kinds.set(requestId, type);
    const finished = ({ requestId, encodedDataLength }) => {
        const kind = kinds.get(requestId);
        bytes.whole += encodedDataLength;
        if (BEFORE_SCRIPTS.has(kind)) bytes.before_wasm += encodedDataLength;
        if (kind !== 'Document') bytes.beside_html += encodedDataLength;
    };
    session.on('Network.responseReceived', responded);
    session.on('Network.loadingFinished', finished);
    await page.goto(url);
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached', timeout: 120_000 });
    await page.waitForLoadState('networkidle');
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);
    const seen = await page.evaluate(() => window.seen);
    session.off('Network.responseReceived', responded);
    session.off('Network.loadingFinished', finished);
    return { ...bytes, visible: Math.max(painted, seen.visible), interactive: seen.interactive, shift: seen.shift };
}

function median(all) {
    return all.sort((one, other) => one - other)[Math.floor(all.length / 2)];
}

const measured = [];
for (const { name, url, cookie, rows } of JSON.parse(process.argv[2])) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
        const context = await browser.newContext({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
        if (cookie) {
            const [key, value] = cookie.split('=');
            await context.addCookies([{ name: key, value, url: new URL(url).origin }]);
        }
        const page = await context.newPage();
        await page.addInitScript(watch, rows ?? '');
        const session = await context.newCDPSession(page);
        await session.send('Network.enable');
        await session.send('Network.emulateNetworkConditions', LINE);
        await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
        const first = await visit(page, session, url);
        await page.goto('about:blank');
        const again = await visit(page, session, url);
        rounds.push({ ...first, again: again.beside_html, visible_again: again.visible, interactive_again: again.interactive });
        await context.close();
    }
    const figures = Object.keys(rounds[0]).map((key) => [key, median(rounds.map((round) => round[key]))]);
    measured.push({ name, works_without_wasm: !rows, ...Object.fromEntries(figures) });
}
await browser.close();
console.log(JSON.stringify(measured));
