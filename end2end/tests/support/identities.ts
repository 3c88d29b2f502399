// The console's pages for whoever signs in with Google or GitHub, as the tests work them.

import { expect, type Locator, type Page } from '@playwright/test';
import { control } from './page.ts';
import { nameOf, type Person } from './people.ts';
import type { Social } from './providers.ts';

/** The one answer for whoever has no account that can sign in, by whatever method. */
export const ONE_ANSWER = "This doesn't match an account that can sign in.";

/** Goes to the provider from a page that offers it, and signs in there. */
export async function goOnWith(page: Page, social: Social, address: string): Promise<void> {
    await control(page, `Continue with ${social.name}`).click();
    await social.signIn(page, address);
}

export function isIn(page: Page, who: Person): Promise<void> {
    return expect(page.getByRole('heading', { name: `Welcome, ${nameOf(who)}` })).toBeVisible();
}

/** The page for an identity that belongs to no account yet. */
export async function isUnlinked(page: Page): Promise<void> {
    await expect(page.getByRole('heading', { name: 'Link your account to an organization' })).toBeVisible();
}

export function joinButton(page: Page): Locator {
    return page.getByRole('button', { name: /^Join / });
}

/** Accepts the invitation that the page offers. */
export async function join(page: Page, who: Person): Promise<void> {
    await page.getByLabel('First name').fill(who.firstName);
    await page.getByLabel('Last name').fill(who.lastName);
    await joinButton(page).click();
    await isIn(page, who);
}

export async function pasteInvitation(page: Page, link: string): Promise<void> {
    await page.getByLabel('Invitation link').fill(link);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

/** Links to the account of the same address by its password. */
export async function linkByPassword(page: Page, password: string): Promise<void> {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Link account', exact: true }).click();
}

/** Begins to link a provider in the settings, as far as its own pages. */
export async function leaveToLink(page: Page, social: Social): Promise<void> {
    await control(methods(page), `Link ${social.name}`).click();
    await control(page.getByRole('dialog'), `Continue to ${social.name}`).click();
}

/** One's own sign-in methods in the settings. */
export function methods(page: Page): Locator {
    return page.locator('#methods');
}

/** The control that takes a method away, where it can be taken away. */
export function unlink(page: Page, name: string): Locator {
    const works = page.locator(':not(:disabled):not([aria-disabled="true"])');
    return control(methods(page), `Unlink ${name}`).and(works);
}
