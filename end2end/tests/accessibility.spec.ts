// Every page: scripts take it over without a word on the console, without breaking the content security policy and without
// moving a pixel, and axe-core finds nothing wrong with it, in both themes.

import type { Page } from '@playwright/test';
import { faults } from './support/axe.ts';
import { ADA, fillInvite, fillSetUp, People, recoveryOf } from './support/people.ts';
import { PLACES } from './support/places.ts';
import { hydrated } from './support/page.ts';
import { testOfNewConsole as besideProviders } from './support/providers.ts';
import { configure, deploy, orgIdOf, requireButton, requireOf, SSO, testSignIn } from './support/sso.ts';
import { expect, test, testOfNewConsole } from './support/test.ts';
import { complaints } from './support/watch.ts';

/** What is wrong in either theme with a page whose colours follow the device. */
async function faultsInBothThemes(page: Page): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // One that the change of the device has cancelled is over, too.
        await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
        found.push(...(await faults(page)).map((fault) => `${colorScheme}: ${fault}`));
    }
    return found;
}

// Each in a browser of its own: what an open dialog inherits Chromium does not paint anew when the device changes. In the light
// whoever looks wants no motion, in the dark they don't mind: for neither may anything move by itself.
for (const [colorScheme, reducedMotion] of [
    ['light', 'reduce'],
    ['dark', 'no-preference'],
] as const) {
    for (const place of PLACES) {
        test(`${place.name}, ${colorScheme}`, async ({ town, browserOf, visit }) => {
            const page = await browserOf(place.as?.(town));
            await page.emulateMedia({ colorScheme, reducedMotion });
            const open = async () => {
                const response = await visit(page, place.address(town));
                expect(response?.status()).toBe(place.status ?? 200);
            };
            // What somebody does there may move what is on the page.
            if (place.act) await open();
            else expect(await complaints(page, place.status ?? 200, open)).toEqual([]);
            // Half a fade is no colour.
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            await place.act?.(page, town);
            expect(await faults(page)).toEqual([]);
        });
    }
}

testOfNewConsole('new password', async ({ usher, page, visit }) => {
    await new People(usher).setUp();
    const link = await recoveryOf(usher, ADA.email);
    expect(await complaints(page, 200, () => visit(page, link))).toEqual([]);
    expect(await faultsInBothThemes(page)).toEqual([]);
});

for (const name of ['without its link', 'with its link']) {
    testOfNewConsole(`set-up ${name}`, async ({ usher, page, visit }) => {
        const address = name === 'with its link' ? usher.setUpLink : '/setup';
        expect(await complaints(page, 200, () => visit(page, address))).toEqual([]);
        expect(await faultsInBothThemes(page)).toEqual([]);
    });
}

testOfNewConsole.describe('a trial', () => {
    testOfNewConsole.use({ settings: { USHER_MAIL_URL: 'dir:{folder}/mail' } });

    testOfNewConsole('its mailbox and a mail, in both themes', async ({ usher, page, visit }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await visit(page, usher.setUpLink);
        await fillSetUp(page, ADA);
        await expect(page).toHaveURL(`${usher.url}/`);
        await visit(page, '/organization/users');
        expect(await faults(page)).toEqual([]);
        await fillInvite(page, 'ben@example.test', []);
        const mail = page.getByRole('link', { name: /^Ada Lovelace invited you/ });
        await expect(async () => {
            await visit(page, '/mailbox');
            await expect(mail).toBeVisible({ timeout: 500 });
        }).toPass({ timeout: 20_000 });
        expect(await faultsInBothThemes(page)).toEqual([]);
        await mail.click();
        await expect(page.getByRole('link', { name: 'All mails' })).toBeVisible();
        expect(await faultsInBothThemes(page)).toEqual([]);
    });
});

// To these states only whole sign-ins lead, so the places of the shared console lack them.
besideProviders('single sign-on in use, required and disabled', async ({ people, usher, samlify, browserOf, visit }) => {
    besideProviders.setTimeout(180_000);
    const page = await browserOf(people.admin);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const look = async (...addresses: string[]) => {
        for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            for (const address of addresses) {
                await visit(page, address);
                expect(await faults(page), `${colorScheme}: ${address}`).toEqual([]);
            }
        }
    };
    const ask = async (dialog: string, label: string) => {
        await visit(page, `${SSO}?dialog=${dialog}`);
        await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click();
    };
    await visit(page, SSO);
    await configure(page, hydrated, samlify, 'manual', usher.url, await orgIdOf(people));
    await deploy(page);
    await samlify.know({ email: ADA.email });
    await visit(page, SSO);
    await testSignIn(page, ADA.email);
    await look(page.url(), SSO, `${SSO}?dialog=disable`);

    await visit(page, SSO);
    await requireOf(page, ADA);
    await look(SSO, `${SSO}?dialog=name`, `${SSO}?dialog=stop`);

    await ask('stop', 'Stop requiring SSO');
    await expect(requireButton(page)).toBeVisible();
    await ask('disable', 'Disable');
    await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
    await look(SSO, `${SSO}?dialog=enable`);
});
