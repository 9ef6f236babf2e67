"""A warehouse of two marts, to publish without a build."""

from kardashev.warehouse.publish import publish


class Built:
    """A warehouse of two marts: one is redone by round, as its worklist says, the other is written whole."""

    def __init__(self, connection, copy, parquet=None, marts=("by_round", "whole"), notes=None):
        self.connection, self.copy, self.parquet, self.marts = connection, copy, parquet, marts
        self.notes = notes  # SQL
        self.run("create table due (round_number int)")
        self.run("create table by_round as select range as round_number, 1 as value from range(9)")
        self.run("create table whole as select 1 as value")
        condition = "round_number in (select round_number from due)"
        self.redone = connection.sql(f"select 'by_round' as mart, $${condition}$$ as condition")
        self.publication = None

    def run(self, statement):
        self.connection.execute(statement)

    def redo(self, *rounds, value):
        """Makes a new worklist, and the rows of its rounds anew; a value of None withdraws them."""
        self.run("create or replace table due (round_number int)")
        for number in rounds:
            self.run(f"insert into due values ({number})")
            self.run(f"delete from by_round where round_number = {number}")
            if value is not None:
                self.run(f"insert into by_round values ({number}, {value})")

    def publish(self, builds_begun=1):
        """Publishes, as a build does that is the only one since, or one of more; returns the row."""
        former = None
        if self.publication:
            self.run("create or replace table publication as from former")
            self.run(f"update publication set builds_begun = {builds_begun}")
            former = self.connection.table("publication")
        marts = {name: self.connection.table(name) for name in self.marts}
        notes = self.notes and self.connection.sql(self.notes)
        former = publish(
            self.connection, marts, self.copy, self.redone, former, self.parquet, notes
        )
        self.connection.register("former", former)
        self.publication = former.to_pylist()[0]
        return self.publication

    def is_level(self, published):
        self.run(f"attach '{published}' as copy (read_only)")
        try:
            return not any(
                self.connection.execute(f"from {one} except all from {other}").fetchall()
                for name in self.marts
                for one, other in ((name, f"copy.{name}"), (f"copy.{name}", name))
            )
        finally:
            self.run("detach copy")
