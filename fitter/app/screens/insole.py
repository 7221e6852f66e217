"""Insoles to print, mill or cut: made first, judged in words, and only then saved into a folder."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from fitter.app import fold, keys, theme
from fitter.app.follow import follow
from fitter.app.segments import Segments
from fitter.app.state import AppState
from fitter.app.text import N_, _, sentences
from fitter.saying import say

_INTRO = N_(
    "A shell and a cover, shaped to the foot's own sole and corrected by its profile, with what was set "
    "by hand. Each solid is looked at first; what isn't ready to print is not written."
)
_TRIAL = N_("Without a scan it is a trial template: an average sole at the measured size, not for wear.")
_NOTHING = N_("Once an insole is recommended, it can be made here.")
_TWO = N_("Of two captures of a foot, the one looked at is taken.")
_CHANGED = N_("The profile has changed since these were made. Make them again.")
_REFUSED = N_("Not made")
_FOUND = N_("What was found")
_FILES = N_(
    "3MF, OBJ and STL of both bodies, DXF and SVG of the outline, a paper template as PDF, and this text."
)


def _lengths() -> dict[str, str]:
    return {_("Full length"): "full", _("Three-quarter"): "three-quarter"}


def _papers() -> dict[str, str]:
    return {_("A4"): "a4", _("Letter"): "letter"}


class InsolePage(ctk.CTkFrame):
    """What to make, what the gate says, and saving it; ``choose_folder`` asks where."""

    def __init__(self, parent: Any, state: AppState, choose_folder: Callable[[], str]) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state, self._choose_folder = state, choose_folder
        self._area = area = theme.scroll_area(self)
        area.pack(fill="both", expand=True)
        self._intro = fold.text(area, "", text_color=theme.MUTED)
        self._form = ctk.CTkFrame(area, fg_color="transparent")
        self.length = self._choice(_("Length"), _lengths())
        self.paper = self._choice(_("Paper"), _papers())
        self.make_button = theme.primary(self._form, "", self.make)
        self.make_button.pack(fill="x", pady=(14, 0), padx=(0, 6))
        self._found: Any = None
        self.save_button: Any = None
        keys.reachable(area)
        follow(self, state, {"result", "foot", "insoles", "preview"}, self._show)
        follow(self, state, {"busy"}, self._allow)
        self._show()

    def _choice(self, name: str, values: dict[str, str]) -> Any:
        line = ctk.CTkFrame(self._form, fg_color="transparent")
        line.pack(fill="x", pady=(10, 0), padx=(0, 6))
        theme.label(line, name, 14, width=96).pack(side="left")
        control = Segments(line, values=list(values), font=theme.font(13), height=32)
        control.set(next(iter(values)))
        control.pack(side="left", fill="x", expand=True)
        return control

    @property
    def content(self) -> str:
        """What was found, as it can be read now."""
        found = self._found.winfo_children() if self._found is not None else ()
        return "\n".join(str(w.cget("text")) for w in found if isinstance(w, ctk.CTkLabel))

    # ------------------------------------------------------------------ following the state

    def _show(self) -> None:
        now = self.state.now
        feet = () if now.preview else self.state.insole_feet()
        if not feet or now.result is None:
            fit = now.told
            withheld = fit is not None and fit.support is not None and fit.support.withheld is not None
            told = _(fit.support.statement) if withheld and fit and fit.support else _(_NOTHING)
            self._intro.configure(text=told)
            self._form.pack_forget()
            self._tell_found("", (), save=False)
            return
        profile = now.result.profile
        notes = [_(_INTRO)]
        if any(profile.feet[n].source != "scan" for n in feet):
            notes.append(_(_TRIAL))
        if len(feet) < sum(foot.support is not None for foot in profile.feet):
            notes.append(_(_TWO))
        self._intro.configure(text=" ".join(notes))
        sides = _(" and ").join(_(say("{side} foot", side=profile.feet[n].side)) for n in feet)
        self.make_button.configure(text=_("Make for the {feet}").format(feet=sides))
        self._form.pack(fill="x")
        self._show_made(feet)
        self._allow()

    def _show_made(self, feet: tuple[int, ...]) -> None:
        made = self.state.now.insoles
        if made is None:
            self._tell_found("", (), save=False)
        elif made.result is not self.state.now.result or made.feet != feet:
            self._tell_found("", (_(_CHANGED),), save=False)
        elif made.files:
            self._tell_found(_(_FOUND), made.lines, save=True)
        else:
            self._tell_found(_(_REFUSED), (sentences(*made.lines),), save=False)

    def _tell_found(self, title: str, lines: tuple[str, ...], *, save: bool) -> None:
        # What was found is to be read from its first line: the focus stays on the button that made it.
        focused = self._found is not None and str(self.focus_get() or "").startswith(f"{self._found}.")
        if self._found is not None:
            self._found.destroy()
        self._found = self.save_button = None
        if focused:
            tk.Misc.focus_set(self.make_button)
        if not lines:
            return
        self._found = found = ctk.CTkFrame(self._area, fg_color="transparent")
        found.pack(fill="x")
        if title:
            ink = theme.TEXT if save else theme.MARK
            fold.text(found, title, 15, text_color=ink).pack_configure(pady=(16, 0))
        for line in lines:
            if line.strip():
                fold.text(found, line)
        if save:
            self.save_button = theme.primary(found, _("Save into a folder"), self.save)
            self.save_button.pack(fill="x", pady=(14, 0), padx=(0, 6))
            fold.text(found, _(_FILES), 13, text_color=theme.MUTED)
        keys.reachable(found)

    def _allow(self) -> None:
        for button in (self.make_button, self.save_button):
            if button is not None:
                button.configure(state="disabled" if self.state.now.busy else "normal")

    # ------------------------------------------------------------------ what the person does

    def make(self) -> None:
        """Make what was chosen."""
        if not self.state.now.busy:
            self.state.make_insoles(_lengths()[self.length.get()], _papers()[self.paper.get()])

    def save(self) -> None:
        """Ask for a folder and write what was made into it."""
        made = self.state.now.insoles
        if made is None or not made.files or self.state.now.busy:
            return
        folder = self._choose_folder()
        if folder:
            self.state.save(folder, lambda _progress: made.files, N_("Writing the insoles"))
