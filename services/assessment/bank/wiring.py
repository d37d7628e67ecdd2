"""The bank put together: banks, items, blueprints and papers."""

from shuzheng.assessment.v1.bank_service_pb2_grpc import add_BankServiceServicer_to_server
from shuzheng.assessment.v1.blueprint_service_pb2_grpc import add_BlueprintServiceServicer_to_server
from shuzheng.assessment.v1.item_service_pb2_grpc import add_ItemServiceServicer_to_server
from shuzheng.assessment.v1.paper_service_pb2_grpc import add_PaperServiceServicer_to_server

from services.assessment.bank.rpc.banks import BankService
from services.assessment.bank.rpc.blueprints import BlueprintService
from services.assessment.bank.rpc.item_jobs import item_import
from services.assessment.bank.rpc.items import ItemService
from services.assessment.bank.rpc.papers import PaperService
from services.assessment.bank.usecases.banks import Banks
from services.assessment.bank.usecases.blueprints import Blueprints
from services.assessment.bank.usecases.item_exports import ItemExports
from services.assessment.bank.usecases.item_imports import ItemImports
from services.assessment.bank.usecases.items import Items
from services.assessment.bank.usecases.papers import Papers
from services.kit.area import Area, served
from services.kit.storage.store import Store
from services.kit.work.operations import Operations


def bank(store: Store, operations: Operations) -> Area:
    """Return the area."""
    imports = ItemImports(store)
    items = ItemService(Items(store), imports, ItemExports(store), operations)
    return Area(
        (
            served(add_BankServiceServicer_to_server, BankService(Banks(store))),
            served(add_ItemServiceServicer_to_server, items),
            served(add_BlueprintServiceServicer_to_server, BlueprintService(Blueprints(store))),
            served(add_PaperServiceServicer_to_server, PaperService(Papers(store))),
        ),
        jobs=(item_import(imports),),
    )
