import { signOut } from './support/page.ts';
import { newAddress, person } from './support/people.ts';
import { expect, test } from './support/test.ts';
import type { Page } from '@playwright/test';

async function chooseTheme(page: Page, theme: 'System' | 'Light' | 'Dark', scripts: boolean): Promise<void> {
    const form = page.locator('main form').filter({ has: page.getByLabel('Theme') });
    await form.getByLabel('Theme').selectOption({ label: theme });
    if (!scripts) await form.getByRole('button').click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
}

/** How light the ground of the page is, 0 to 255. */
function lightness(page: Page): Promise<number> {
    return page.locator('body').evaluate((body) => {
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        if (!canvas) throw new Error('no canvas');
        canvas.fillStyle = getComputedStyle(body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
        return (red + green + blue) / 3;
    });
}

test.use({ colorScheme: 'light' });

test('a theme that was chosen stays, in every browser of the person and after signing out', async ({
    people,
    visit,
    browserOf,
    javaScriptEnabled,
}) => {
    const scripts = javaScriptEnabled !== false;
    const marie = await people.join(person('Marie', 'Curie', newAddress('marie')));
    const page = await browserOf(marie);
    await visit(page, '/account/settings');
    expect(await lightness(page)).toBeGreaterThan(200);

    await chooseTheme(page, 'Dark', scripts);
    expect(await lightness(page)).toBeLessThan(60);
    await visit(page, '/');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    expect(await lightness(page)).toBeLessThan(60);

    const other = await browserOf(marie);
    await other.goto('/account/settings');
    await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(other.locator('main').getByLabel('Theme')).toHaveValue('dark');

    await signOut(page);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('System follows the device', async ({ people, visit, browserOf, javaScriptEnabled }) => {
    const marie = await people.join(person('Marie', 'Curie', newAddress('marie')));
    const page = await browserOf(marie);
    await visit(page, '/account/settings');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'system');
    expect(await lightness(page)).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await lightness(page)).toBeLessThan(60);
    await chooseTheme(page, 'Light', javaScriptEnabled !== false);
    expect(await lightness(page)).toBeGreaterThan(200);
});
