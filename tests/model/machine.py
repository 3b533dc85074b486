"""The state machine: what may happen to the system, rule by rule, each beside the model that says what then must be.

A rule runs real commands and tells the model. After each step the two are compared: the live topic and all subscribers
by the ledgers that they hold, and whatever the step may have changed down to every row.
"""

import json
import sys

from hypothesis.stateful import invariant, rule

from tests.model.beside import (
    NAMES,
    counted,
    names,
)
from tests.model.filling import Filling
from tests.model.model import (
    Ledgers,
    Subscriber,
    require,
)


class Together(Filling):
    """The model and the system, in step."""

    # What must hold after each step.

    def agree(self) -> None:
        """All of it, for who runs rules by hand: a counterexample that Hypothesis prints is a test like that."""
        self.live_is_where_it_can_be()
        self.the_topics_hold_what_the_model_says()
        self.the_subscribers_are_what_the_model_says()

    @invariant()
    def live_is_where_it_can_be(self) -> None:
        for name in list(self.running):
            self.settle(name)

    @invariant()
    def the_topics_hold_what_the_model_says(self) -> None:
        expected = {f"{self.topic}.{first}-{last}": held for (first, last), held in self.world.segments.items()}
        if self.world.topic is not None:
            expected[self.topic] = self.world.topic
        found = self.stage.kafka.names(self.topic)
        require(found == set(expected), f"there are the topics {found}, not {set(expected)}")
        for name, held in expected.items():
            if self.topic_touched or name == self.topic:
                self.is_one_run(name, held)
        self.topic_touched = False

    def is_one_run(self, topic: str, held: Ledgers) -> None:
        """Contiguous, ascending but for what comes again, and the network's own."""
        records = self.stage.kafka.read(topic)
        found = [record.sequence for record in records]
        require(set(found) == held, f"{topic} holds {found}, not {sorted(held)}")
        for record in records:
            require(record.hash == self.stage.reference.hashes[record.sequence], f"{record.sequence} is another one")
        firsts = list(dict.fromkeys(found))
        run = list(range(firsts[0], firsts[0] + len(firsts))) if firsts else []
        require(firsts == run, f"{topic} holds {found}")

    @invariant()
    def the_subscribers_are_what_the_model_says(self) -> None:
        """Each is where it should be; who was touched, down to every row."""
        for name in NAMES:
            if name in self.touched:
                self.is_whole(name)
            else:
                self.is_where_it_should_be(name)
        self.touched.clear()
        self.exact.clear()

    def is_whole(self, name: str) -> None:
        self.quiet(name, working=int(name in self.running))
        self.in_small_cells(name)
        self.is_where_it_should_be(name)
        seen, model = self.stage.database.subscriber(self.schema(name)), self.world.subscribers.get(name)
        self.oldest[name] = seen.oldest if seen else None
        if seen is None or model is None:
            return
        reference = self.stage.reference
        require(seen.hashes == {each: reference.hashes[each] for each in model.there}, f"{name} has other ledgers")
        require(seen.rows == {each: reference.rows[each] for each in model.there}, f"{name} has other rows")
        self.has_gaps(name, model)

    def is_where_it_should_be(self, name: str) -> None:
        """Its cursors, and which ledgers are there; or there is no such subscriber."""
        place, model = self.stage.database.place(self.schema(name)), self.world.subscribers.get(name)
        if place is None or model is None:
            require(place is None and model is None, f"{name} is {place}, not {model}")
            return
        require(place.there == model.there, f"{name} holds {sorted(place.there)}, not {sorted(model.there)}")
        require((place.live_first, place.latest) == (model.live_first, model.latest), f"{name} is {place}, not {model}")
        self.is_oldest(name, place.oldest, model)

    def is_oldest(self, name: str, oldest: int | None, model: Subscriber) -> None:
        """It claims nothing that is not there, and stays where nobody fills anything."""
        if name not in self.touched:
            require(oldest == self.oldest.get(name), f"oldest is {oldest}, and was {self.oldest.get(name)}")
        if model.live_first is None or model.oldest is None:
            require(oldest is None, f"{name} has oldest {oldest} and has not begun")
        else:
            highest = model.oldest if name in self.exact else model.live_first
            require(oldest is not None and model.oldest <= oldest <= highest, f"oldest is {oldest}: {model}")

    def has_gaps(self, name: str, model: Subscriber) -> None:
        code, gaps = model.gaps()
        ended = self.stage.forks.run("gaps", "--subscriber", self.schema(name), "--json")
        require(ended.code == code, f"gaps ended with {ended.code}, not {code}: {ended.lines}")
        if ended.out:
            told = [(each["first"], each["last"]) for each in json.loads(ended.out)["gaps"]]
            require(told == gaps, f"{name} lacks {gaps}, gaps says {told}")

    @rule(name=names)
    @counted
    def status_and_verify(self, name: str) -> None:
        """They say what the model says."""
        subscriber = self.world.subscribers.get(name)
        if subscriber is None or subscriber.latest is None:
            return
        ended = self.wait(self.start("status", "--json", "--subscriber", self.schema(name), "--topic", self.topic))
        [told] = json.loads(ended.out)["subscribers"]
        state = told["subscriber"]
        require((state["live_first"], state["latest"]) == (subscriber.live_first, subscriber.latest), str(state))
        require((state["holder"] is not None) == (name in self.running), f"its holder is {state['holder']}")
        require((told["topic"]["first"], told["topic"]["last"]) == (self.world.first, self.world.last), str(told))
        require(told["topic"]["exists"] == (self.world.topic is not None), str(told))
        code, _ = subscriber.gaps()
        self.ends(self.start("verify", "--subscriber", self.schema(name)), code)

    def teardown(self) -> None:
        if isinstance(sys.exc_info()[1], Exception):  # Hypothesis ends an example by what is none
            sys.stderr.write("\n".join(["", "what was done:", *self.told, ""]))
        for running, _ in self.running.values():
            running.kill()
        for name in NAMES:
            self.stage.database.drop(self.schema(name))
        self.stage.kafka.delete(*self.stage.kafka.names(self.topic))
