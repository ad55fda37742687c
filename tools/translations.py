"""Keep the translation files true to the addon's terms.

Usage: translations.py update TERMS FOLDER          rewrite the .pot and every .po in FOLDER
       translations.py check TERMS FOLDER COUNTS    fail when they are not complete and current

TERMS is a fresh export by Odoo. COUNTS gets a line "passed failed skipped", one check a file.
"""

import sys
from pathlib import Path

import polib

LANGUAGES = ("zh_TW",)
WIDTH = 78
# Differ with each export and say nothing.
VOLATILE_HEADERS = ("POT-Creation-Date", "PO-Revision-Date")


def key(entry):
    return entry.msgctxt or "", entry.msgid


def described(entry):
    """Everything of a term but its translation."""
    return key(entry), entry.comment, sorted(entry.occurrences), sorted(set(entry.flags) - {"fuzzy"})


def read(path):
    return polib.pofile(str(path), wrapwidth=WIDTH) if path.exists() else polib.POFile(wrapwidth=WIDTH)


def template_problems(terms, template):
    expected = {key(entry): entry for entry in terms}
    found = {key(entry): entry for entry in template}
    for term, entry in expected.items():
        if term not in found:
            yield f"missing: {entry.msgid!r}"
        elif described(entry) != described(found[term]):
            yield f"described wrongly: {entry.msgid!r}"
    yield from (f"stale: {entry.msgid!r}" for term, entry in found.items() if term not in expected)


def translation_problems(terms, translation):
    expected = {key(entry) for entry in terms}
    found = {key(entry): entry for entry in translation}
    for term in expected - found.keys():
        yield f"missing: {term[1]!r}"
    for term, entry in found.items():
        if entry.obsolete or term not in expected:
            yield f"stale: {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid!r}"
        elif not entry.msgstr:
            yield f"not translated: {entry.msgid!r}"


def check(terms, folder, module, counts_path):
    problems = {f"{module}.pot": list(template_problems(terms, read(folder / f"{module}.pot")))}
    for language in LANGUAGES:
        problems[f"{language}.po"] = list(translation_problems(terms, read(folder / f"{language}.po")))
    for name, lines in problems.items():
        print(f"{folder.name}/{name}: {f'{len(lines)} problems' if lines else 'complete and current'}")
        for line in lines:
            print(f"  {line}")
    failed = sum(bool(lines) for lines in problems.values())
    if failed:
        print("Run ./dev i18n, then translate what is empty in the .po files.")
    with Path(counts_path).open("a", encoding="utf-8") as file:
        file.write(f"{len(problems) - failed} {failed} 0\n")
    return 1 if failed else 0


def merged(terms, old, language):
    """The terms in the template's order with the translations that OLD has for them."""
    translated = {key(entry): entry for entry in old}
    new = polib.POFile(wrapwidth=WIDTH)
    new.header = terms.header
    new.metadata = {**terms.metadata, **old.metadata, "Language": language}
    for header in VOLATILE_HEADERS:
        new.metadata.pop(header, None)
    for entry in terms:
        known = translated.get(key(entry))
        new.append(
            polib.POEntry(
                msgctxt=entry.msgctxt,
                msgid=entry.msgid,
                msgstr=known.msgstr if known else "",
                comment=entry.comment,
                tcomment=known.tcomment if known else "",
                occurrences=entry.occurrences,
                flags=sorted({*entry.flags, *(known.flags if known else [])}),
            )
        )
    return new


def update(terms, folder, module):
    folder.mkdir(exist_ok=True)
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        translation = merged(terms, read(path), language)
        translation.save(str(path))
        empty = len(translation.untranslated_entries()) + len(translation.fuzzy_entries())
        print(f"{path.name}: {len(translation)} terms, {empty} to translate")
    for header in VOLATILE_HEADERS:
        terms.metadata.pop(header, None)
    terms.save(str(folder / f"{module}.pot"))
    return 0


def main(command, terms_path, folder, *counts):
    folder = Path(folder)
    terms = read(Path(terms_path))
    module = folder.resolve().parent.name
    return {"check": check, "update": update}[command](terms, folder, module, *counts)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
