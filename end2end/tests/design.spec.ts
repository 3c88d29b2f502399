// The page of all components, in builds for development: axe finds nothing wrong with any of them.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

async function faults(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page })
        // Each component is there several times under one name, and once in each theme; no other page does that.
        .disableRules(['landmark-unique'])
        .analyze();
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}\n    ${node.html}\n    ${node.failureSummary ?? ''}`),
    );
}

for (const width of [1280, 360]) {
    test(`every component at ${width} pixels, in both themes`, async ({ browserOf, visit }) => {
        const page = await browserOf();
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ reducedMotion: 'reduce' });
        expect((await visit(page, '/design'))?.status()).toBe(200);
        expect(await faults(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow).toBe(0);

        for (const theme of ['light', 'dark']) {
            const gallery = page.locator(`.design-gallery[data-theme=${theme}]`);
            const scheme = await gallery.evaluate((element) => getComputedStyle(element).colorScheme);
            expect(scheme).toBe(theme);
            await gallery.getByLabel(`Actions, ${theme}`, { exact: true }).click();
            await expect(gallery.getByRole('link', { name: 'Edit groups' }).first()).toBeVisible();
            expect(await faults(page)).toEqual([]);
            await page.keyboard.press('Escape');
            for (const opener of ['Open a dialog', 'Open a wide one']) {
                await gallery.getByRole('button', { name: opener }).click();
                await expect(gallery.getByRole('dialog')).toBeVisible();
                expect(await faults(page)).toEqual([]);
                await page.keyboard.press('Escape');
                await expect(gallery.getByRole('dialog')).toHaveCount(0);
            }
        }
    });
}
