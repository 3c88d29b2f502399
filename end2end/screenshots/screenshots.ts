// Fills a console through its own pages and takes pictures: the list of people for the documentation, every page for
// reviewing.

import { join, resolve } from 'node:path';
import type { BrowserContextOptions } from '@playwright/test';
import { desktop, phone } from '../tests/support/browser.ts';
import { hydrated, rowOf } from '../tests/support/page.ts';
import { person, type Group, type People } from '../tests/support/people.ts';
import { PLACES } from '../tests/support/places.ts';
import { expect, test, testOfNewConsole } from '../tests/support/test.ts';

const top = resolve(import.meta.dirname, '../..');
const DOCUMENTATION = join(top, 'docs/screenshots');
const REVIEW = join(top, 'target/screenshots');

const SCREENS: [string, BrowserContextOptions][] = [
    ['1280', { ...desktop, deviceScaleFactor: 1 }],
    ['360', { ...phone, deviceScaleFactor: 2 }],
];
const THEMES = ['light', 'dark'] as const;

/** Six colleagues of Ada's, in the states that people are in. */
async function fill(people: People, refuse: (address: string, reason: string) => void): Promise<void> {
    const colleagues: [string, string, Group[]][] = [
        ['Ben', 'Babbage', ['write', 'metrics']],
        ['Grace', 'Hopper', ['read']],
        ['Katherine', 'Johnson', ['billing_viewer']],
        ['Marie', 'Curie', ['write']],
    ];
    for (const [first, last, groups] of colleagues) {
        await people.join(person(first, last, `${first.toLowerCase()}@example.test`), groups);
    }
    await people.deactivate('marie@example.test');
    await people.invite('carla@example.test', ['read', 'metrics']);
    refuse('jan@example.test', 'mailbox unknown');
    await people.send('jan@example.test', ['read']);
}

test('the list of people', async ({ people, usher, browser }) => {
    await fill(people, (address, reason) => usher.mailbox.refuse(address, reason));
    for (const theme of THEMES) {
        for (const [width, screen] of SCREENS) {
            const context = await browser.newContext({
                ...screen,
                baseURL: usher.url,
                colorScheme: theme,
                storageState: people.admin.session,
            });
            const page = await context.newPage();
            await page.goto('/organization/users');
            await hydrated(page);
            await expect(async () => {
                await page.reload();
                await expect(rowOf(page, 'jan@example.test')).toContainText('Mail refused', { timeout: 500 });
            }).toPass();
            await hydrated(page);
            if (width === '1280') {
                await page.screenshot({ path: join(DOCUMENTATION, `users-${theme}.png`), animations: 'disabled' });
            }
            await page.screenshot({
                path: join(REVIEW, `people-${theme}-${width}.png`),
                fullPage: true,
                animations: 'disabled',
            });
            await context.close();
        }
    }
});

for (const theme of THEMES) {
    for (const [width, screen] of SCREENS) {
        test(`every page, ${theme}, ${width}`, async ({ town, usher, browser }) => {
            for (const place of PLACES) {
                const member = place.as?.(town);
                const context = await browser.newContext({
                    ...screen,
                    baseURL: usher.url,
                    colorScheme: theme,
                    ...(member ? { storageState: member.session } : {}),
                });
                const page = await context.newPage();
                await page.goto(place.address(town));
                await hydrated(page);
                await place.act?.(page, town);
                await page.screenshot({
                    path: join(REVIEW, `${fileName(place.name)}-${theme}-${width}.png`),
                    fullPage: !place.act,
                    animations: 'disabled',
                });
                await context.close();
            }
        });
    }
}

testOfNewConsole('the set-up page', async ({ usher, browser }) => {
    for (const theme of THEMES) {
        for (const [width, screen] of SCREENS) {
            const context = await browser.newContext({ ...screen, colorScheme: theme });
            const page = await context.newPage();
            for (const [name, address] of [
                ['set-up', usher.setUpLink],
                ['set-up-without-link', `${usher.url}/setup`],
            ] as const) {
                await page.goto(address);
                await hydrated(page);
                await page.screenshot({
                    path: join(REVIEW, `${name}-${theme}-${width}.png`),
                    fullPage: true,
                    animations: 'disabled',
                });
            }
            await context.close();
        }
    }
});

function fileName(name: string): string {
    return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
