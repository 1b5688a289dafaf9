// SPDX-License-Identifier: EUPL-1.2
/** Sets the theme the operator chose before the first paint; without a choice the system's own holds. */
{
  const chosen = localStorage.getItem("klarsyn-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}
