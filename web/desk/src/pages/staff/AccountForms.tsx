/** What an administrator does about an account: make one, set its roles, give it a password. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { desk } from '../../agent/state'
import { api, body } from '../../api/client'
import type { AccountView } from '../../api/schema'
import { done } from '../../floor/doing'
import { Dialog } from '../../ui/Dialog'
import { common } from '../../ui/words'
import { ROLES, type RoleName, roleName, staffWords } from './words'

type Roles = Record<string, RoleName[]>

/** Every project under `*` first, then each. */
function scopes(): [name: string, title: string][] {
  const projects = (desk.value?.projects ?? []).map((one): [string, string] => [one.name, one.title])
  return [['*', staffWords().everywhere], ...projects]
}

function Grid({ held }: { held: Record<string, readonly string[]> }) {
  return (
    <>
      {scopes().map(([scope, title]) => (
        <fieldset key={scope} class="roles">
          <legend>{title}</legend>
          {ROLES.map((role) => (
            <label key={role} class="check">
              <input type="checkbox" name={`${scope} ${role}`} defaultChecked={held[scope]?.includes(role) ?? false} />
              {roleName(role)}
            </label>
          ))}
        </fieldset>
      ))}
    </>
  )
}

/** What was ticked; roles in projects that are not shown stay as they are. */
function ticked(form: FormData, before: Record<string, readonly string[]>): Roles {
  const shown = new Set(scopes().map(([scope]) => scope))
  const kept = Object.entries(before).filter(([scope]) => !shown.has(scope)) as [string, RoleName[]][]
  const chosen = scopes().map(([scope]): [string, RoleName[]] => [
    scope,
    ROLES.filter((role) => form.get(`${scope} ${role}`)),
  ])
  return Object.fromEntries([...kept, ...chosen].filter(([, roles]) => roles.length > 0))
}

interface FormProps {
  title: string
  button: string
  send: (form: FormData) => Promise<boolean>
  close: () => void
  children: ComponentChildren
}

function Form({ title, button, send, close, children }: FormProps) {
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    if (await send(form)) close()
    setBusy(false)
  }
  return (
    <Dialog title={title} close={close}>
      <form class="fields" onSubmit={submit}>
        {children}
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Password() {
  const w = staffWords()
  return (
    <label>
      {w.password} <span class="hint">{w.passwordHint}</span>
      <input type="password" name="password" required minLength={10} maxLength={200} autocomplete="new-password" />
    </label>
  )
}

export function NewAccount({ close }: { close: () => void }) {
  const w = staffWords()
  const send = (form: FormData) =>
    done(
      body(
        api.POST('/api/accounts', {
          body: {
            name: String(form.get('name')),
            password: String(form.get('password')),
            agent_id: String(form.get('agent_id')),
            roles: ticked(form, {}),
          },
        }),
      ),
      w.created,
    )
  return (
    <Form title={w.newAccount} button={w.create} send={send} close={close}>
      <label>
        {w.name}
        <input name="name" required maxLength={80} autocapitalize="off" autocomplete="off" autofocus />
      </label>
      <Password />
      <label>
        {w.tied}
        <select name="agent_id">
          <option value="">{w.nobody}</option>
          {Object.entries(desk.value?.agents ?? {}).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Grid held={{}} />
    </Form>
  )
}

export function AccountRoles({ account, close }: { account: AccountView; close: () => void }) {
  const w = staffWords()
  const params = { path: { account_id: account.account_id } }
  const send = (form: FormData) =>
    done(
      body(api.PUT('/api/accounts/{account_id}/roles', { params, body: { roles: ticked(form, account.roles) } })),
      w.done,
    )
  return (
    <Form title={w.rolesOf(account.name)} button={common().save} send={send} close={close}>
      <Grid held={account.roles} />
    </Form>
  )
}

export function AccountPassword({ account, close }: { account: AccountView; close: () => void }) {
  const w = staffWords()
  const params = { path: { account_id: account.account_id } }
  const send = (form: FormData) =>
    done(
      api.PUT('/api/accounts/{account_id}/password', { params, body: { password: String(form.get('password')) } }),
      w.done,
    )
  return (
    <Form title={w.passwordOf(account.name)} button={common().save} send={send} close={close}>
      <Password />
    </Form>
  )
}
