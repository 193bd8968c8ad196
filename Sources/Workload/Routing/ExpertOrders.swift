/// The orders in which ranks hold experts that are placed anew for every number of ranks.
public struct ExpertOrders: Hashable, Sendable {
    /// FNV-1a over all orders (Fowler, Noll, Vo): with it a key tells them apart that leaves the orders themselves out.
    private let sum: UInt64
    private let list: List

    /// The orders themselves.
    public struct List: Hashable, Sendable {
        fileprivate let byRanks: [Int: [Int32]]
    }

    /// Orders by the number of ranks, each a row of experts a layer.
    public init(_ byRanks: [Int: [Int32]]) {
        list = List(byRanks: byRanks)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for ranks in byRanks.keys.sorted() {
            for number in [Int32(clamping: ranks)] + (byRanks[ranks] ?? []) {
                hash = (hash ^ UInt64(UInt32(bitPattern: number))) &* 0x100_0000_01b3
            }
        }
        sum = hash
    }

    subscript(ranks: Int) -> [Int32]? { list.byRanks[ranks] }
}
