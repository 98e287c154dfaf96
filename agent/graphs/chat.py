"""The graph of a question: understand → plan → approve → act → write → verify → conclude.

The same graph runs with a model and without one; only the nodes ``plan``, ``write`` and ``verify`` ask a model.
"""

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.graphs import nodes
from agent.graphs.state import AgentContext, ChatState

ChatGraph = CompiledStateGraph[ChatState, AgentContext, ChatState, ChatState]


def build_chat_graph(checkpointer: BaseCheckpointSaver[str] | None = None) -> ChatGraph:
    """Compile the chat graph.

    Args:
        checkpointer: Where threads are kept; None keeps none, and then nothing can be resumed or approved.
    """
    graph = StateGraph(ChatState, context_schema=AgentContext)
    graph.add_node("understand", nodes.understand)
    graph.add_node("plan", nodes.plan)
    graph.add_node("approve", nodes.approve)
    graph.add_node("act", nodes.act)
    graph.add_node("write", nodes.write)
    graph.add_node("verify", nodes.verify)
    graph.add_node("conclude", nodes.conclude)
    graph.add_edge(START, "understand")
    for node, following in [("understand", "plan"), ("plan", "approve"), ("approve", "act"), ("write", "verify")]:
        graph.add_conditional_edges(node, _unless_finished(following), [following, "conclude"])
    graph.add_edge("act", "write")
    graph.add_edge("verify", "conclude")
    graph.add_edge("conclude", END)
    return graph.compile(checkpointer=checkpointer)


def _unless_finished(following: str):  # type: ignore[no-untyped-def]
    """Go on, unless a node has already put the answer into the state: a refusal, a question back, nothing found."""

    def route(state: ChatState) -> str:
        return "conclude" if state["answer"] else following

    return route
