import Foundation

/// What it takes to send data that lie in strided runs, and how best to send them.
///
/// Two ways (Pearson et al., TEMPI, arXiv:2012.14363, §4): a kernel packs on the device and the buffer is sent from there, or it packs straight into pinned
/// host memory, from which it is sent in one shot. Whichever is shorter by measured tables is taken; contiguous data are not packed.
public struct PackingCost: Sendable {
    /// Seconds by the logarithms of all bytes and of a run's bytes, linear between measured points (TEMPI, measure_system.cpp, interp_2d).
    public struct Table: Hashable, Sendable {
        /// log₂ of all bytes and of bytes of a run at which was measured, rising.
        public let bytes, runs: [Double]
        /// Seconds, a row for every entry of `bytes`.
        public let seconds: [Double]

        /// A table; nil unless it has a time for every pair of at least one size each, and sizes rise.
        public init?(bytes: [Double], runs: [Double], seconds: [Double]) {
            guard !bytes.isEmpty, !runs.isEmpty, seconds.count == bytes.count * runs.count,
                zip(bytes, bytes.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(runs, runs.dropFirst()).allSatisfy({ $0 < $1 }), seconds.allSatisfy({ $0.isFinite && $0 >= 0 })
            else { return nil }
            (self.bytes, self.runs, self.seconds) = (bytes, runs, seconds)
        }

        /// Seconds of so many bytes in runs of so many; nil outside what was measured.
        public func seconds(bytes size: Double, run: Double) -> Double? {
            guard size > 0, run > 0, let (row, down) = Self.place(log2(size), in: bytes),
                let (column, across) = Self.place(log2(run), in: runs)
            else { return nil }
            func at(_ i: Int, _ j: Int) -> Double { seconds[min(i, bytes.count - 1) * runs.count + min(j, runs.count - 1)] }
            let first = at(row, column) * (1 - across) + at(row, column + 1) * across
            let second = at(row + 1, column) * (1 - across) + at(row + 1, column + 1) * across
            return first * (1 - down) + second * down
        }

        private static func place(_ value: Double, in points: [Double]) -> (index: Int, share: Double)? {
            guard let first = points.first, let last = points.last, value >= first - 1e-12, value <= last + 1e-12 else { return nil }
            guard let above = points.firstIndex(where: { $0 >= value }), above > 0 else { return (0, 0) }
            return (above - 1, (value - points[above - 1]) / (points[above] - points[above - 1]))
        }
    }

    /// The way that is taken.
    public enum Way: String, Hashable, Sendable {
        /// Nothing is packed.
        case contiguous
        /// Packed on the device, sent from there.
        case device
        /// Packed into the host's memory, sent from there.
        case oneShot = "one-shot"
    }

    /// Packing, sending and unpacking on the device, and through the host; nil where a way does not exist.
    public struct Measured: Sendable {
        /// Kernels that pack and unpack, and sends, of either way.
        public var pack, unpack: Table
        /// Seconds of sending so many bytes.
        public var send: @Sendable (Double) -> Double

        /// A way by its tables.
        public init(pack: Table, unpack: Table, send: @escaping @Sendable (Double) -> Double) {
            (self.pack, self.unpack, self.send) = (pack, unpack, send)
        }

        func seconds(bytes: Double, run: Double) -> Double? {
            guard let pack = pack.seconds(bytes: bytes, run: run), let unpack = unpack.seconds(bytes: bytes, run: run) else { return nil }
            return pack + send(bytes) + unpack
        }
    }

    /// Both ways, as they were measured.
    public let device, oneShot: Measured?

    /// The costs of measured ways.
    public init(device: Measured?, oneShot: Measured?) { (self.device, self.oneShot) = (device, oneShot) }

    /// The way that takes least, and how long; `run` bytes lie together. nil where neither was measured at that size.
    public func best(bytes: Double, run: Double, send: (Double) -> Double) -> (way: Way, seconds: Double)? {
        if run >= bytes { return (.contiguous, send(bytes)) }
        let device = device?.seconds(bytes: bytes, run: run)
        let host = oneShot?.seconds(bytes: bytes, run: run)
        switch (device, host) {
        case (let device?, let host?): return host < device ? (.oneShot, host) : (.device, device)
        case (let device?, nil): return (.device, device)
        case (nil, let host?): return (.oneShot, host)
        default: return nil
        }
    }

    /// Seconds of packing where nothing was measured: a launch, and the bytes written and read in whole sectors of 32 B.
    public static func packing(bytes: Double, run: Double, bandwidth: Double, launch: Double = 5e-6) -> Double {
        guard run < bytes, run > 0, bandwidth > 0 else { return 0 }
        let sectors = (run / 32).rounded(.up) * 32 / run
        return launch + bytes * (1 + sectors) / bandwidth
    }

    /// Seconds of copying every run by a call of its own, as libraries do that pack nothing.
    public static func copying(bytes: Double, run: Double, call: Double = 5e-6) -> Double {
        guard run > 0 else { return 0 }
        return (bytes / run).rounded(.up) * call
    }
}
