// Dialogs: a form that stays until what it asks for was done, a choice, a question, a text.

import { fill, h } from "./dom.js";

/**
 * A field of a form: text unless it says otherwise.
 * @typedef {{name: string, label: string, type?: "text" | "password" | "checkbox" | "select", value?: string,
 *   options?: {value: string, label: string}[], required?: boolean, hint?: string}} Field
 * @typedef {Record<string, string>} Values what was typed, by the fields' names; "on" for a checked box
 */

/**
 * Ask for *fields* until *work* has done something with them. Resolves to false when the person gives up.
 * @param {{title: string, says?: string, fields: Field[], button: string, work: (values: Values) => Promise<unknown>, stays?: boolean, danger?: boolean}} asked
 * @returns {Promise<boolean>}
 */
export function ask({ title, says, fields, button, work, stays = false, danger = false }) {
  return new Promise((resolve) => {
    const error = h("div", { class: "error", role: "alert" });
    const submit = h("button", { type: "submit", class: danger ? "danger" : "main" }, button);
    const cancel = stays ? null : h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    const form = h("form", {}, h("h2", {}, title), says ? h("p", {}, says) : null, ...fields.map(control), error, h("div", { class: "buttons" }, cancel, submit));
    const dialog = h("dialog", { "aria-label": title }, form);
    let isDone = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      error.textContent = "";
      const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
      for (const field of fields) if (field.type === "password") values[field.name] = String(new FormData(form).get(field.name));
      try {
        await work(values);
        isDone = true;
        dialog.close();
      } catch (fault) {
        error.textContent = fault instanceof Error ? fault.message : String(fault);
      } finally {
        submit.disabled = false;
        if (!isDone) submit.focus();
      }
    });
    dialog.addEventListener("cancel", (event) => stays && event.preventDefault());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Offer *choices*.
 * @param {string} title
 * @param {{label: string, says: string, act: () => void}[]} choices
 */
export function choose(title, choices) {
  const buttons = choices.map(({ label, says, act }) =>
    h("button", { type: "button", onclick: () => (dialog.close(), act()) }, label, h("small", {}, says)),
  );
  const dialog = show(title, h("div", { class: "choices" }, ...buttons));
}

/**
 * Show *content* until it is closed.
 * @param {string} title
 * @param {Node} content
 */
export function show(title, content) {
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), content, h("div", { class: "buttons" }, close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {Field} field */
function control(field) {
  const shared = { name: field.name, required: field.required, placeholder: field.hint };
  if (field.type === "checkbox") {
    return h("label", { class: "check" }, h("input", { type: "checkbox", name: field.name, checked: field.value === "on" }), field.label);
  }
  if (field.type === "select") {
    const select = h("select", shared);
    fill(select, (field.options ?? []).map(({ value, label }) => h("option", { value, selected: value === field.value }, label)));
    return h("label", {}, field.label, select);
  }
  const kind = { type: field.type ?? "text", value: field.value, autocomplete: field.type === "password" ? "current-password" : "off" };
  return h("label", {}, field.label, h("input", { ...shared, ...kind, spellcheck: "false" }));
}
