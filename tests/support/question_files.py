"""Question files of any size."""


def gift(count: int, *, bad: int = 0, first: int = 1) -> bytes:
    """Return a GIFT file of `count` different good questions and, after them, `bad` ones without an answer."""
    good = [
        f"// question {number}\n$CATEGORY: 1.1 采集\n\n::题{number}::第 {number} 号数据由谁采集？"
        f"{{=甲方 {number} ~乙方 {number} ~丙方 {number} ~丁方 {number}}}\n"
        for number in range(first, first + count)
    ]
    return "\n".join([*good, *(f"::坏{number}::没有答案 {number} {{}}\n" for number in range(bad))]).encode()
