// The console's pages of single sign-on, as the tests work them.

import { expect, type Locator, type Page } from '@playwright/test';
import { control } from './page.ts';
import { nameOf, type People, type Person } from './people.ts';
import { CERTIFICATE_DAY, signInAtProvider, type Facts, type SamlProvider } from './saml.ts';

export const SSO = '/organization/iam/sso';

type Open = (page: Page) => Promise<unknown>;

/** How an administrator tells the console of their identity provider. */
export type Way = 'manual' | 'file' | 'url';

/** The Org ID of the administrator's organization. */
export async function orgIdOf(people: People): Promise<string> {
    const { org_id } = (await people.act('/api/account/settings', [])) as { org_id: string };
    return org_id;
}

/** Tells an identity provider of the console, by the address that stands on the page to be copied. */
export async function introduce(page: Page, idp: SamlProvider, usher: string, org: string): Promise<void> {
    const address = `${usher}/accounts/saml/${org}`;
    await expect(page.getByText(`${address}/metadata`, { exact: true }).first()).toBeVisible();
    await expect(page.getByText(`${address}/acs`, { exact: true }).first()).toBeVisible();
    await idp.trust(`${address}/metadata`);
}

/** Fills the form in, and goes on to the preview. `page` shows it. */
export async function fillProvider(page: Page, again: Open, idp: Facts, way: Way): Promise<void> {
    await page.getByRole('link', { name: way === 'manual' ? 'Manual Configuration' : 'Metadata', exact: true }).click();
    await again(page);
    if (way === 'manual') {
        await page.getByLabel('SSO URL').fill(idp.ssoUrl);
        await page.getByLabel('Entity ID').fill(idp.entityId);
        await page.getByLabel('Signing certificate').fill(idp.certificate);
    } else if (way === 'url') {
        await page.getByLabel('Metadata URL').fill(idp.metadataUrl);
    } else {
        const file = { name: 'metadata.xml', mimeType: 'application/samlmetadata+xml', buffer: Buffer.from(idp.metadata) };
        await page.getByLabel('Metadata file').setInputFiles(file);
    }
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
}

/** What the console has understood of an identity provider. */
export async function expectPreview(page: Page, idp: Facts): Promise<void> {
    await expect(control(page, 'Deploy SSO')).toBeVisible();
    await expect(page.getByRole('main')).toContainText(idp.ssoUrl);
    await expect(page.getByRole('main')).toContainText(idp.entityId);
    await expect(page.getByRole('main')).toContainText(CERTIFICATE_DAY);
    await expect(page.getByRole('main')).toContainText('RSA 2048');
}

/** From a page without single sign-on to the preview of one. */
export async function configure(page: Page, again: Open, idp: SamlProvider, way: Way, usher: string, org: string): Promise<void> {
    await control(page, 'Configure SAML').click();
    await introduce(page, idp, usher, org);
    await fillProvider(page, again, idp, way);
    await expectPreview(page, idp);
    await again(page);
}

/** Signs in as a test, and comes back to what was found. */
export async function testSignIn(page: Page, email: string): Promise<void> {
    await control(page, 'Test sign-in').click();
    await signInAtProvider(page, email);
    await expect(page).toHaveURL(/\/organization\/iam\/sso\/tests\/[\w-]+$/);
}

/** Requires single sign-on of everybody but this administrator. */
export async function requireOf(page: Page, named: Person): Promise<void> {
    await page.getByLabel('Administrator without SSO').selectOption({ label: `${nameOf(named)} (${named.email})` });
    await requireButton(page).click();
    await expect(control(page, 'Stop requiring SSO')).toBeVisible();
}

/** Where it can be pressed. */
export function requireButton(page: Page): Locator {
    return page.locator(':not(:disabled)').and(page.getByRole('button', { name: 'Require SSO', exact: true }));
}

export async function deploy(page: Page): Promise<void> {
    await control(page, 'Deploy SSO').click();
    await expect(page.getByText('Single sign-on is deployed.')).toBeVisible();
    await expect(control(page, 'Disable')).toBeVisible();
}

/** Begins to sign in by the ID of an organization, which a browser that has done it before does not ask for. */
export async function beginSso(page: Page, visit: (page: Page, address: string) => Promise<unknown>, org: string): Promise<void> {
    await visit(page, '/sign-in');
    await control(page, 'Sign in with SSO').click();
    const remembered = (await page.context().cookies()).find(({ name }) => name === 'sso');
    if (remembered?.value === org) return;
    await page.getByLabel('Organization ID').fill(org);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForLoadState();
    const onward = page.getByRole('link', { name: 'Continue to your identity provider' });
    // Without scripts the page in between waits for a press; with them it may have gone on by itself.
    if (await onward.isVisible()) await onward.click({ timeout: 2_000 }).catch(() => undefined);
}
