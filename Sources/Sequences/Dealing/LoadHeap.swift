/// Blocks of ranks by their load, the least first; of equal loads the first block.
struct LoadHeap {
    private var loads: [Double] = []
    private var blocks: [Int] = []

    /// Blocks 0 to `count`, each with its load.
    mutating func fill(_ count: Int, _ load: (Int) -> Double) {
        loads = (0..<count).map(load)
        blocks = Array(0..<count)
        for index in stride(from: count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    var isEmpty: Bool { loads.isEmpty }
    /// The block of least load, where there is one.
    var least: Int { blocks[0] }
    /// Its load.
    var leastLoad: Double { loads[0] }

    /// The block of least load where loads have grown since: what the heap has of the first is renewed until it is what `load` says.
    mutating func least(_ load: (Int) -> Double) -> Int {
        while load(blocks[0]) > loads[0] {
            loads[0] = load(blocks[0])
            sink(0)
        }
        return blocks[0]
    }

    /// Adds a block.
    mutating func insert(_ block: Int, load: Double) {
        loads.append(load)
        blocks.append(block)
        rise(loads.count - 1)
    }

    /// Adds to the least load.
    mutating func add(_ cost: Double) {
        loads[0] += cost
        sink(0)
    }

    /// Reads every block and its load, in no order.
    func read(_ body: (Int, Double) -> Void) {
        for index in loads.indices { body(blocks[index], loads[index]) }
    }

    @inline(__always)
    private func precedes(_ a: Int, _ b: Int) -> Bool { loads[a] != loads[b] ? loads[a] < loads[b] : blocks[a] < blocks[b] }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, precedes(index, (index - 1) / 2) {
            loads.swapAt(index, (index - 1) / 2)
            blocks.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < loads.count else { return }
            if child + 1 < loads.count, precedes(child + 1, child) { child += 1 }
            guard precedes(child, index) else { return }
            loads.swapAt(index, child)
            blocks.swapAt(index, child)
            index = child
        }
    }
}
