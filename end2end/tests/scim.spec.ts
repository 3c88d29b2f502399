// Provisioning, as an administrator sets it up for their identity provider.

import { choose, control, dialog, expectFault, follow, rowOf } from './support/page.ts';
import { newAddress, person } from './support/people.ts';
import { addScimToken, askForPeople, makeScimToken, SCIM } from './support/scim.ts';
import { expect, test } from './support/test.ts';

test.use({ crowd: 'scim' });

test('a token is shown once, works where it is switched on, and until it is deleted', async ({ usher, people, browserOf, visit, request }) => {
    const page = await browserOf(people.admin);
    await visit(page, '/');
    await follow(page, 'SSO');
    await page.getByRole('navigation', { name: 'Identity provider' }).getByRole('link', { name: 'Provisioning' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Provisioning' })).toBeVisible();
    const token = await addScimToken(page, 'Okta');
    const address = (await dialog(page).getByText(/\/scim\/[0-9a-f]{6}$/).innerText()).trim();
    expect(address.startsWith(`${usher.url}/scim/`)).toBe(true);

    await page.reload();
    await expect(page.getByRole('heading', { name: 'A token is shown once' })).toBeVisible();
    await visit(page, SCIM);
    await expect(page.getByText(token)).toHaveCount(0);
    const row = rowOf(page, 'Okta');
    await expect(row).toContainText('Never used');
    expect(await askForPeople(request, address, token)).toBe(403);

    const switchOf = (name: string) => page.getByRole('switch', { name });
    await expect(switchOf('Provision people')).toHaveAttribute('aria-checked', 'false');
    await switchOf('Provision people').click();
    await expect(page.getByText('People are provisioned from now on.')).toBeVisible();
    await expect(switchOf('Provision people')).toHaveAttribute('aria-checked', 'true');
    await expect(switchOf('Provision groups')).toHaveAttribute('aria-checked', 'false');
    expect(await askForPeople(request, address, token)).toBe(200);
    await visit(page, SCIM);
    await expect(row).not.toContainText('Never used');

    await switchOf('Provision people').click();
    await expect(page.getByText('People are not provisioned any more.')).toBeVisible();
    expect(await askForPeople(request, address, token)).toBe(403);

    await choose(page, 'Okta', 'Delete…');
    await expect(dialog(page)).toContainText('It was last used');
    await control(dialog(page), 'Delete').click();
    await expect(page.getByText('The token is deleted.')).toBeVisible();
    await expect(row).toHaveCount(0);
    expect(await askForPeople(request, address, token)).toBe(401);
});

test('a name that is taken is refused at its field and stays', async ({ people, browserOf, visit }) => {
    await makeScimToken(people, 'Entra');
    const page = await browserOf(people.admin);
    await visit(page, SCIM);
    await control(page, 'Add Token').click();
    const name = dialog(page).getByLabel('Name', { exact: true });
    await name.fill('entra');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await expectFault(name, /This name is taken/);
    await expect(name).toHaveValue('entra');
});

test('whoever only looks sees what is on, and who can change it', async ({ people, browserOf, visit }) => {
    await makeScimToken(people, 'Keycloak');
    const page = await browserOf(await people.join(person('Grace', 'Hopper', newAddress('grace')), ['read']));
    await visit(page, SCIM);
    await expect(rowOf(page, 'Keycloak')).toBeVisible();
    await expect(page.getByLabel('Actions for Keycloak')).toHaveCount(0);
    await expect(page.getByRole('switch')).toHaveCount(0);
    await expect(control(page, 'Add Token')).toHaveAccessibleDescription('Only an IAM Admin can add and delete tokens.');
    await visit(page, `${SCIM}?dialog=add`);
    await expect(dialog(page)).toHaveCount(0);
});
