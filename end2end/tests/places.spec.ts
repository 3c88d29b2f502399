// Nothing is reachable that is not on the list of places, over which what must hold everywhere is tested.

import { readFileSync } from 'node:fs';
import { test, expect } from '@playwright/test';
import { PLACES, type Town } from './support/places.ts';

const ENDPOINTS = readFileSync(new URL('../../server/tests/http/endpoints.txt', import.meta.url), 'utf8');

/** Pages for people who are signed in; files and streams are no pages. */
const pages = [...ENDPOINTS.matchAll(/^GET +(\S+) +signed in$/gm)].map(([, path]) => path ?? '').filter((path) => !/\.\w+$|\/progress$/.test(path));

/** Whatever is asked of it stands for itself. */
const town = new Proxy({}, { get: (_, name) => (name === 'conflict' ? '/conflict' : String(name)) }) as Town;

test('every page is on the list of places, as somebody sees it who may', () => {
    expect(pages.length).toBeGreaterThan(10);
    const seen = PLACES.filter(({ as, status }) => as && status === undefined).map(({ address }) => address(town).split('?')[0] ?? '');
    for (const page of pages) {
        const pattern = new RegExp(`^${page.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
        expect(seen.some((address) => pattern.test(address)), page).toBe(true);
    }
});
