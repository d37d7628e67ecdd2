"""Institutions and assessment bodies enter the catalogue; sites and examiners are registered."""

from typing import Any

from services.embedded.demo.expectation import expect
from services.embedded.demo.files import day
from services.embedded.demo.journey import Journey

SITE_SEATS = 120


async def institutions(j: Journey) -> None:
    """The supervisor registers institutions and leads their listings through the lifecycle."""
    for each in j.scenario["institution"]:
        made = await j.supervisor(
            "InstitutionService/CreateInstitution",
            institution_id=each["id"],
            institution={key: each[key] for key in ("display_name", "uscc", "kind", "region")},
        )
        state = await _list_institution(j, each)
        warned = f" ⚠ {made.warnings[0]}" if made.warnings else ""
        j.teller.say(
            f"{each['display_name']}：目录状态 {state}{warned}", f"{made.name}: listing {state}{warned}"
        )
        j.add("institutions", 1)


async def _list_institution(j: Journey, each: dict[str, Any]) -> str:
    parent = f"institutions/{each['id']}"
    wanted = {"occupation": j.qualification["occupation"], "role": "LISTING_ROLE_TRAINING"}
    listing = await j.institution(each["id"])(
        "training.ListingService/CreateListing", parent=parent, listing_id="big-data", listing=wanted
    )
    for step in LISTING_STEPS[each["ends"]]:
        listing = await j.supervisor(
            f"training.ListingService/{step}", name=listing.name, **_details(j, step)
        )
    return state_word(listing, "state")


LISTING_STEPS = {
    "recommended": ("RecommendListing",),
    "confirmed": ("RecommendListing", "ReviewListing", "ConfirmListing"),
    "reinstated": (
        "RecommendListing",
        "ReviewListing",
        "ConfirmListing",
        "RectifyListing",
        "RestoreListing",
    ),
}


def _details(j: Journey, step: str) -> dict[str, Any]:
    if step == "ConfirmListing":
        s = j.scenario
        return {"batch": s["batch"], "valid_from": day(s["valid_from"]), "valid_to": day(s["valid_to"])}
    return {"reason": "师资材料不全，限期补齐"} if step == "RectifyListing" else {}


def state_word(message: Any, field: str) -> str:
    """Return the value of an enum field without its prefix."""
    enum = message.DESCRIPTOR.fields_by_name[field].enum_type
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return enum.values_by_number[getattr(message, field)].name.removeprefix(prefix)


async def bodies(j: Journey) -> None:
    """Assessment bodies with listing, site, examiners and proctors."""
    for each in j.scenario["body"]:
        fields = {key: each[key] for key in ("display_name", "uscc", "region", "institution")}
        await j.supervisor("BodyService/CreateBody", body_id=each["id"], body=fields)
        listing = await _list_body(j, each["id"])
        expect("state of the body's listing", listing, "CONFIRMED")
        await _site(j, each["id"])
        await _people(j, each)
        j.teller.say(
            f"{each['display_name']}：已入目录；考评员 {len(each['examiners'])} 人，监考员 {len(each['proctors'])} 人",
            f"bodies/{each['id']}: listed; {len(each['examiners'])} examiners, {len(each['proctors'])} proctors",
        )
        j.add("bodies", 1)


async def _list_body(j: Journey, identifier: str) -> str:
    listing = await j.body(identifier)(
        "assessment.ListingService/CreateListing",
        parent=f"bodies/{identifier}",
        listing_id="big-data",
        listing={"occupation": j.qualification["occupation"]},
    )
    for step in LISTING_STEPS["confirmed"]:
        listing = await j.supervisor(
            f"assessment.ListingService/{step}", name=listing.name, **_details(j, step)
        )
    return state_word(listing, "state")


async def _site(j: Journey, identifier: str) -> None:
    site = await j.body(identifier)(
        "SiteService/CreateSite",
        parent=f"bodies/{identifier}",
        site_id="main",
        site={
            "display_name": "第一考核站点", "host": "泉城示范大学", "address": "示范市学院路 1 号",
            "occupations": [j.qualification["occupation"]], "seats": SITE_SEATS,
        },
    )  # fmt: skip
    for step in ("PublicizeSite", "AdmitSite"):
        site = await j.supervisor(f"SiteService/{step}", name=site.name)


async def _people(j: Journey, each: dict[str, Any]) -> None:
    parent = f"bodies/{each['id']}"
    held = {
        "occupation": j.qualification["occupation"],
        "credential": "KP-2025-001",
        "valid_from": day("2025-01-01"),
    }
    staff = j.staff[each["id"]] = {"examiners": [], "proctors": []}
    for role, about in (("examiners", {"qualifications": [held]}), ("proctors", {"proctor": True})):
        for number, name in enumerate(each[role], 1):
            made = await j.body(each["id"])(
                "ExaminerService/CreateExaminer",
                parent=parent,
                examiner_id=f"{role[:-1]}-{number}",
                examiner={"display_name": name, **about},
            )
            staff[role].append(made.name)
