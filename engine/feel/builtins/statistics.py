"""sum, product, mean, median, stddev, mode: of numbers, given as one list or one by one."""

from decimal import Decimal

from engine.feel.builtins.lists import spread
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Nulled
from engine.feel.numbers import CONTEXT, ONE, ZERO
from engine.feel.scope import Run
from engine.feel.values import Value, kind_name

TWO = Decimal(2)


def _numbers(run: Run, items: tuple[Value, ...]) -> list[Decimal]:
    numbers = spread(items)
    run.meter.spend(len(numbers))
    for number in numbers:
        if type(number) is not Decimal:
            raise Nulled(f"la lista contiene {kind_name(number)}, non solo numeri")
    return numbers


def _sum(numbers: list[Decimal]) -> Decimal:
    total = ZERO
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


def _mean(numbers: list[Decimal]) -> Decimal:
    return CONTEXT.divide(_sum(numbers), Decimal(len(numbers)))


@builtin("sum(list: list)")
@builtin("sum(list...: any?)")
def sum_(run: Run, *items: Value) -> Decimal | None:
    numbers = _numbers(run, items)
    return _sum(numbers) if numbers else None


@builtin("product(list: list)")
@builtin("product(list...: any?)")
def product(run: Run, *items: Value) -> Decimal | None:
    numbers = _numbers(run, items)
    total = ONE
    for number in numbers:
        total = CONTEXT.multiply(total, number)
    return total if numbers else None


@builtin("mean(list: list)")
@builtin("mean(list...: any?)")
def mean(run: Run, *items: Value) -> Decimal | None:
    numbers = _numbers(run, items)
    return _mean(numbers) if numbers else None


@builtin("median(list: list)")
@builtin("median(list...: any?)")
def median(run: Run, *items: Value) -> Decimal | None:
    numbers = sorted(_numbers(run, items))
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return CONTEXT.divide(CONTEXT.add(numbers[middle - 1], numbers[middle]), TWO)


@builtin("stddev(list: list)")
@builtin("stddev(list...: any?)")
def stddev(run: Run, *items: Value) -> Decimal | None:
    """Sample standard deviation (n - 1); null for fewer than two numbers."""
    numbers = _numbers(run, items)
    if len(numbers) < 2:
        raise Nulled("la deviazione standard vuole almeno due numeri")
    middle = _mean(numbers)
    squares = [CONTEXT.power(CONTEXT.subtract(number, middle), TWO) for number in numbers]
    return CONTEXT.sqrt(CONTEXT.divide(_sum(squares), Decimal(len(numbers) - 1)))


@builtin("mode(list: list)")
@builtin("mode(list...: any?)")
def mode(run: Run, *items: Value) -> list[Decimal]:
    """The most frequent numbers, in ascending order."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)
