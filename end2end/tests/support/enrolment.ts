// Setting two-factor authentication up, and typing codes, as people do it on the pages.

import { expect, test, type Page } from '@playwright/test';
import { control, dialog, hydrated } from './page.ts';
import { PASSWORD } from './people.ts';
import { Phone } from './phone.ts';

export const SETTINGS = '/account/settings';

export type Visit = (page: Page, address: string) => Promise<unknown>;

/** Types a code. With scripts the sixth digit sends it; the button is for everybody else. */
export async function typeCode(page: Page, code: string): Promise<void> {
    const field = page.getByLabel('Code', { exact: true });
    await expect(field).toBeVisible();
    const scripts = test.info().project.use.javaScriptEnabled !== false;
    // What is typed before scripts have taken the page over they never hear of.
    if (scripts) await hydrated(page);
    await field.fill(code);
    if (!scripts) await field.press('Enter');
}

/** `called`: a further authenticator. */
export async function enrol(page: Page, visit: Visit, called?: string): Promise<{ phone: Phone; codes: string[] }> {
    await visit(page, `${SETTINGS}?dialog=two-factor`);
    await dialog(page).getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await control(dialog(page), 'Continue').click();
    const phone = await Phone.scan(dialog(page).getByRole('img', { name: 'QR code' }));
    if (called) await dialog(page).getByLabel('Name of this authenticator').fill(called);
    await typeCode(page, await phone.code());
    if (called) {
        await expect(page.getByText('The authenticator is added.')).toBeVisible();
        return { phone, codes: [] };
    }
    await expect(page.getByRole('heading', { name: 'Keep these recovery codes' })).toBeVisible();
    const codes = await dialog(page).getByRole('listitem').allTextContents();
    await control(dialog(page), 'I have kept them').click();
    await expect(page).toHaveURL(/\/account\/settings#two-factor$/);
    return { phone, codes };
}
