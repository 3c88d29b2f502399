// How the tests find things on a page: by role and accessible name, as people do.

import { expect, type Locator, type Page } from '@playwright/test';

type Scope = Page | Locator;

/** A button, or the link that looks like one. */
export function control(scope: Scope, name: string): Locator {
    return scope
        .getByRole('button', { name, exact: true })
        .or(scope.getByRole('link', { name, exact: true }));
}

/** The row of the person with this address. */
export function rowOf(page: Page, email: string): Locator {
    return page.getByRole('row').filter({ hasText: email });
}

/** Chooses an entry of the menu of a person's row. */
export async function choose(page: Page, email: string, entry: string): Promise<void> {
    const row = rowOf(page, email);
    await row.getByLabel(/^Actions for /).click();
    await control(row, entry).click();
}

/** The dialog that is open. */
export function dialog(page: Page): Locator {
    return page.getByRole('dialog');
}

/** The card with this heading. */
export function card(page: Page, title: string): Locator {
    return page.locator('section.card').filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) });
}

/** Follows a link of the navigation, which is a menu on a phone. */
export async function follow(page: Page, place: string): Promise<void> {
    const bar = page.getByLabel('Navigation', { exact: true });
    if (await bar.isVisible()) await bar.click();
    const link = page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: place, exact: true });
    await link.filter({ visible: true }).click();
}

/** Signs out by the menu under the person's name. */
export async function signOut(page: Page): Promise<void> {
    await page.locator('summary', { hasText: 'Account menu of' }).click();
    await control(page, 'Sign out').click();
    await expect(page).toHaveURL(/\/sign-in/);
}

/** Fills the sign-in form in and sends it. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/**
 * Waits until the browser is at another site, where this is. The answer to a form must not lead to one: a page in between
 * does, by itself or by its link.
 */
export async function leaves(page: Page, there: Locator): Promise<void> {
    const link = page.getByRole('link', { name: /^Continue to / });
    await expect(async () => {
        if (await link.isVisible()) await link.click({ timeout: 1_000 });
        await expect(there).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
}

/** Waits until scripts have taken the page over. */
export async function hydrated(page: Page): Promise<void> {
    await expect(page.locator('html[data-hydrated]')).toBeAttached({ timeout: 30_000 });
    // What works with scripts only is there last.
    await expect(page.locator('.password-toggle[hidden], .copy-button:not([data-ready])')).toHaveCount(0);
}

/** The field says this, and its control is tied to the sentence. */
export async function expectFault(field: Locator, sentence: string | RegExp): Promise<void> {
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(sentence);
}
